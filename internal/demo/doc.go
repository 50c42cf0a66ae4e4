// Package demo is a made-up Norwegian fleet to look at and to try things on: 40 accounts with 300 devices
// at 100 sites in 25 real towns, 60 technicians around them, people who can sign in and follow their devices, two years
// of readings, supplies and orders in every state, registrations and an address change that wait for staff, and articles.
//
//	hash := … // argon2id of demo.Password, in PHC form
//	loaded, err := demo.Load(ctx, db, hash)
//	for _, s := range demo.SignIns() { fmt.Println(s.UserID, s.Role, s.Name) }
//
// Guarantees:
//
//   - Nothing here is real but the towns: names, numbers, models and addresses are plainly made up, e-mail
//     addresses end in example.com, and phone numbers cannot be dialled.
//   - It is the same every time, to the byte, for the same time of loading: what happened in it happened in the two years
//     before.
//   - It takes the way of everybody's data: rows in the files of portal/transfer. Write gives those files.
//   - Load on a database that has it already changes nothing, whatever happened to it since; a load that was
//     interrupted is completed.
//   - Every device has a technician in its town who has the skills for it.
package demo
