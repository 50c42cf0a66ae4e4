// Package webpage serves the few pages that the server writes itself, beside the web apps: turning mail off from a
// mail, and the mailbox of the demo.
//
//	webpage.Write(w, http.StatusOK, page, data)
//
// Such a page is plain HTML with the one style sheet of this package in it. It works without scripts, at the width of a
// phone, in light and dark, and its policy lets it load nothing, run nothing and be framed by nobody.
package webpage
