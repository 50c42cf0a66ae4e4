// Package email sends one message to one address: by SMTP, or into a folder as .eml files, which any mail
// program opens, where there is no mail server (demo, tests).
//
//	sender, err := email.Open(email.Config{Host: "smtp.example.com", From: "Utsendt <service@example.com>"})
//	err = sender.Send(ctx, email.Message{ID: id, To: address, Subject: title, Body: body, Link: url, …})
//
// With TLS the server must prove its name, by the system's certificates or those of [Config.CA], before it gets a
// password or a mail. What comes back later than the server's answer is not read: a failure notice (DSN) goes to the
// sender's address, for people to look at, and changes nothing here.
//
// It sits on github.com/wneessen/go-mail. What it adds: addresses and subjects that come from people can
// never add a header or a recipient; each message has a text and an HTML part; an answer of the mail server
// becomes one of two: try again later, or never ([Error.Refused]). It sends once; repeating is the caller's part.
// A message that the server has taken counts as sent, even if the connection breaks right after.
package email
