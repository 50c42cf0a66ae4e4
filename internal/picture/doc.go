// Package picture makes photos that strangers send safe to keep and to show: whatever comes in, what goes out is a JPEG or
// PNG that was made here, with nothing in it but the picture.
//
//	reader := picture.New(picture.Limits{})
//	p, err := reader.Read(ctx, data)   // p.Content, p.Type, p.Width, p.Height, p.Thumbnail
//
// JPEG, PNG and HEIC are read, told apart by content and never by name. The picture is decoded, turned upright, scaled down to
// at most 4,096 pixels a side, and encoded anew: position and camera (EXIF, XMP, comments), whatever hides behind the end,
// and files that are a page or a script at the same time do not survive that. HEIC becomes JPEG.
//
// Guarantees:
//
//   - What a picture would take unpacked is reckoned from its headers and refused before anything is decoded, and so are JPEGs
//     with more scans than any camera makes. All pictures being decoded at one time share one budget of memory.
//   - HEIC is decoded by a process of its own, with bounded memory and time, because its decoder has no bounds: this same
//     program, started anew (see child.go). One at a time.
//   - Errors are faults about the field "data": photo_empty, photo_too_large, photo_type, photo_dimensions, photo_broken.
package picture
