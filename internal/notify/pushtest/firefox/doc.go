// Package firefox drives a real, headless Firefox from a Go test, over WebDriver BiDi and with nothing
// in between: no Node, no driver process.
//
// It exists for what can only be shown in a real browser, above all web push: subscribe, receive,
// decrypt, show. [Start] runs the browser with a profile of its own and returns once it takes commands;
// [Browser.Navigate] opens a page, [Browser.Evaluate] runs a script in it and gives its value back,
// [Browser.ClickNotification] clicks where a person would, [Browser.Close] ends every process of the browser and removes the profile.
//
//	browser := firefox.Open(t, push.FirefoxPrefs())
//	err := browser.Navigate(ctx, page.URL)
//	var title string
//	err = browser.Evaluate(ctx, `document.title`, &title)
//
// The program is firefox-esr or firefox in PATH (Debian package firefox-esr), or the file that
// UTSENDT_FIREFOX names. A browser that is not there is an error, never a silent skip. The processes
// end with the browser, with the test, and on Linux also when the test's process is killed.
package firefox
