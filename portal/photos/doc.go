// Package photos keeps the photos that customers send with their service requests.
//
//	s := photos.New(db, pictures, photos.Config{})             // pictures is a picturestore.Store
//	photo, err := s.Upload(ctx, actor, operationID, data)      // before the request exists, or after
//	requests.UsePhotos(s)                                      // OpenRequest and UpdateRequest attach it
//	mux.Handle("GET /photos/{id}", rpc.Page(people, log, s.Serve))
//	found, err := s.Tidy(ctx)                                  // every hour: what nobody attached goes after a day
//	swept, err := pictures.Sweep(ctx, now, s.Names)            // every day: the store against the tables
//
// Guarantees:
//
//   - What is stored and served was made by package picture: nothing of the file that was sent is in it but the picture.
//   - A photo belongs to whoever uploaded it, who alone can attach it, once, to a request that they may see. Then it is seen by
//     whoever follows the device, by dispatchers and admins, and by the technician of the live visit. For anybody else it
//     is not there.
//   - A request has at most so many photos, each content once, however many people attach at one time: its row is locked.
//   - A row and its contents come and go together; see package blob for what a crash may leave behind.
package photos
