// Package mailbox shows the mails of a folder in the browser: what the demo sends instead of mailing it.
//
//	box, err := mailbox.Open("/var/lib/utsendt/mail")
//	mux.Handle(mailbox.Path, box)
//	mux.Handle(mailbox.Path+"/", box)
//
// The list has the newest first; a mail is shown with its headers, its text, its links, and its HTML in a frame that
// can run nothing and load nothing. It is for demonstrations: whoever can reach the page reads everybody's mail, links
// with tokens and temporary passwords included. A server with a mail server never serves it.
//
// Names of files come from outside: they are letters, digits and hyphens and end in ".eml", and the folder is an
// os.Root, so nothing beside it can be read.
package mailbox
