// Package support knows how to reach the local customer support of each country we serve: phone number and e-mail
// address, as they are to be shown.
//
//	contact, ok := support.Of(account.Country)
//	fmt.Println(contact.Name(actor.Language), contact.Phone, contact.Email)
//
// The contacts are data, in contacts.tsv: a row a country, in the order in which they are listed. Phone numbers are
// kept as they are published, with their blanks, brackets and dots; Dial gives what a tel: link needs.
package support
