package server_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"utsendt/internal/blob"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	"utsendt/portal/backoffice"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// photo is a JPEG of one shade, with a place and a page hidden in it.
func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 700, 500))
	for i := range m.Pix {
		m.Pix[i] = shade
	}
	m.Set(3, 3, color.Black)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	secret := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00 GPS 59.913868N")
	data := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(secret) + 2)}, secret...)
	return append(append(data, b.Bytes()[2:]...), "<html><script>alert(1)</script>"...)
}

// fetch GETs a path as somebody.
func fetch(t *testing.T, s *servertest.Server, p *servertest.Person, path string, header http.Header) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	if p.Token != "" {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	res, err := p.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

// A photo's life, in both stores: uploaded twice by one operation, attached once, seen by those who may, without what was
// hidden in it.
func TestPhotos(t *testing.T) {
	t.Parallel()
	for _, inS3 := range []bool{false, true} {
		name := "database"
		if inS3 {
			name = "S3"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.Start(t, servertest.Options{Demo: true, Change: func(c *server.Config) {
				if inS3 {
					c.Photos.S3 = objectStore(t)
				}
			}})
			photoLife(t, s)
		})
	}
}

// TestFilesInEveryEncoding: JSON makes a file a third larger, and gRPC-Web says its size. Each takes what the others take, and what
// is too large is told as such.
func TestFilesInEveryEncoding(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true})
	for name, options := range map[string][]connect.ClientOption{
		"binary": nil, "JSON": {connect.WithProtoJSON()}, "gRPC-Web": {connect.WithGRPCWeb()}, "gRPC-Web JSON": {connect.WithGRPCWeb(), connect.WithProtoJSON()},
	} {
		t.Run(name, func(t *testing.T) {
			customer, admin := s.Browser(t, "kunde01", options...), s.Browser(t, "admin", options...)
			data := photo(t, 10)
			whole := append(data, make([]byte, 10<<20-len(data))...)
			if _, err := customer.Photos.UploadPhoto(t.Context(), &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: whole}); err != nil {
				t.Errorf("a photo as large as it may be: %v", err)
			}
			_, err := customer.Photos.UploadPhoto(t.Context(), &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: append(whole, 0)})
			if f := faultOf(err); connect.CodeOf(err) != connect.CodeInvalidArgument || f.GetReason() != "photo_too_large" {
				t.Errorf("a larger one: %v", err)
			}
			rows, err := admin.Files.Import(t.Context(), &backofficev1.ImportRequest{
				OperationId: uuid.NewString(), Kind: "nothing", File: make([]byte, backoffice.MaxFile),
			})
			if err == nil {
				for rows.Receive() {
				}
				err = rows.Err()
			}
			if code := connect.CodeOf(err); err == nil || code != connect.CodeInvalidArgument && code != connect.CodeNotFound {
				t.Errorf("a file as large as it may be, of a kind that there is not: %v", err)
			}
		})
	}
}

func objectStore(t *testing.T) blob.S3Config {
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	fake := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.StdLog(log.New(io.Discard, "", 0)))).Server())
	t.Cleanup(fake.Close)
	return blob.S3Config{Endpoint: fake.URL, Bucket: "photos", Prefix: "p/", AccessKey: "k", SecretKey: "s", Region: "us-east-1"}
}

func photoLife(t *testing.T, s *servertest.Server) {
	ctx := t.Context()
	customer, stranger, staff, technician := s.Browser(t, "kunde01"), s.Browser(t, "kunde02"), s.Browser(t, "sentral1"), s.Phone(t, "tekniker01")
	upload := func(data []byte) *portalv1.Photo {
		t.Helper()
		req := &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: data}
		first, err := customer.Photos.UploadPhoto(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := customer.Photos.UploadPhoto(ctx, req); err != nil || again.Photo.Id != first.Photo.Id {
			t.Errorf("again: %v %v", again, err)
		}
		return first.Photo
	}
	one, same, other := upload(photo(t, 10)), upload(photo(t, 10)), upload(photo(t, 200))
	if one.Width != 700 || one.Height != 500 || one.ContentType != "image/jpeg" || one.Id == same.Id {
		t.Errorf("%v", one)
	}
	// Before it is attached only its owner sees it, and only they can attach it.
	if res, _ := fetch(t, s, customer, one.Url, nil); res.StatusCode != http.StatusOK {
		t.Errorf("its owner gets %d", res.StatusCode)
	}
	for who, p := range map[string]*servertest.Person{"stranger": stranger, "staff": staff, "technician": technician} {
		if res, _ := fetch(t, s, p, one.Url, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("not attached, %s gets %d", who, res.StatusCode)
		}
	}
	if res, _ := fetch(t, s, s.Nobody(t), one.Url, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody gets %d", res.StatusCode)
	}
	device, foreign := devicesOf(t, customer)[0], devicesOf(t, stranger)[0]
	_, err := stranger.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: foreign.Id, Category: 1, Description: "x", PhotoIds: []string{one.Id},
	})
	if connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("another's photo: %v", err)
	}

	opened, err := customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: device.Id, Category: 1, Description: "x", PhotoIds: []string{one.Id, same.Id},
	})
	if err != nil || len(opened.Photos) != 1 || opened.Photos[0].Id != one.Id {
		t.Fatalf("%v %v", opened, err)
	}
	update := &portalv1.UpdateRequestRequest{OperationId: uuid.NewString(), RequestId: opened.Request.Id, PhotoIds: []string{other.Id}}
	for range 2 {
		if updated, err := customer.Portal.UpdateRequest(ctx, update); err != nil || len(updated.Photos) != 2 {
			t.Fatalf("%v %v", updated, err)
		}
	}
	var many []string
	for i := range 4 {
		many = append(many, upload(photo(t, uint8(20+i))).Id)
	}
	_, err = customer.Portal.UpdateRequest(ctx, &portalv1.UpdateRequestRequest{OperationId: uuid.NewString(), RequestId: opened.Request.Id, Text: "x", PhotoIds: many})
	if connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("six photos: %v", err)
	}
	got, err := customer.Portal.GetRequest(ctx, &portalv1.GetRequestRequest{Id: opened.Request.Number})
	if err != nil || len(got.Photos) != 2 || got.Request.Version != 2 || got.Support.GetPhone() != "+47 22587800" {
		t.Errorf("%v %v", got, err)
	}

	// Attached: the follower and staff see it, the technician while the visit is theirs, nobody else.
	sees := func(who string, p *servertest.Person, want bool) {
		t.Helper()
		list, err := p.Photos.ListPhotos(ctx, &portalv1.ListPhotosRequest{RequestId: opened.Request.Id})
		res, body := fetch(t, s, p, one.Url, nil)
		if want && (err != nil || len(list.Photos) != 2 || res.StatusCode != http.StatusOK || len(body) == 0) {
			t.Errorf("%s does not see it: %v %d", who, err, res.StatusCode)
		}
		if !want && (connect.CodeOf(err) != connect.CodeNotFound || res.StatusCode != http.StatusNotFound) {
			t.Errorf("%s sees it: %v %d", who, err, res.StatusCode)
		}
	}
	sees("customer", customer, true)
	sees("staff", staff, true)
	sees("stranger", stranger, false)
	sees("technician", technician, false)
	w := &world{Server: s}
	_, technicianID := w.onDuty(t, "tekniker01")
	if _, err := staff.Dispatch.Assign(ctx, &dispatchv1.AssignRequest{
		OperationId: uuid.NewString(), RequestId: opened.Request.Id, TechnicianId: technicianID, OverrideQualification: true,
	}); err != nil {
		t.Fatal(err)
	}
	sees("technician on the job", technician, true)
	_, err = customer.Portal.UpdateRequest(ctx, &portalv1.UpdateRequestRequest{OperationId: uuid.NewString(), RequestId: opened.Request.Id, Text: "x"})
	if connect.CodeOf(err) != connect.CodeFailedPrecondition {
		t.Errorf("updated though dispatched: %v", err)
	}

	// What is served is a picture and nothing else.
	for _, path := range []string{one.Url, one.ThumbnailUrl} {
		res, body := fetch(t, s, customer, path, nil)
		if res.Header.Get("Content-Type") != "image/jpeg" || res.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
			t.Errorf("%s: %v", path, res.Header)
		}
		for _, secret := range []string{"GPS", "Exif", "<script"} {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s still has %s", path, secret)
			}
		}
		m, _, err := image.Decode(bytes.NewReader(body))
		if err != nil || path == one.ThumbnailUrl && m.Bounds().Dx() != 480 {
			t.Errorf("%s: %v", path, err)
		}
		if again, _ := fetch(t, s, customer, path, http.Header{"If-None-Match": res.Header["Etag"]}); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
	for _, path := range []string{"/photos/x", "/photos/" + uuid.NewString(), one.Url + "?size=../x"} {
		if res, _ := fetch(t, s, customer, path, nil); res.StatusCode < 400 || res.StatusCode > 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}

	// What nobody attached is removed after a day, with its contents; nothing else is.
	if _, err := s.DB.ExecContext(ctx, `UPDATE photos SET created_at = created_at - interval '25 hours'`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Parts.Photos.Tidy(ctx); err != nil || n != 5 {
		t.Errorf("%d removed, %v", n, err)
	}
	if swept, err := s.Parts.Pictures.Sweep(ctx, s.Parts.DB.Now(), s.Parts.Photos.Names); err != nil || swept.Orphans != 0 || swept.MissingCount != 0 {
		t.Errorf("%+v %v", swept, err)
	}
	sees("customer after tidying", customer, true)

	// Whoever follows the device no longer sees neither the request nor its photos.
	if _, err := s.DB.ExecContext(ctx, `UPDATE registrations SET state = 'removed' WHERE device_id = ?`, device.Id); err != nil {
		t.Fatal(err)
	}
	sees("customer who left", customer, false)
	if _, err := customer.Portal.GetRequest(ctx, &portalv1.GetRequestRequest{Id: opened.Request.Id}); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("the request is still there: %v", err)
	}
}

// A file beyond the limit is refused before it is read, one of some megabytes is taken.
func TestPhotoSizes(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true})
	customer := s.Browser(t, "kunde01")
	large := append(photo(t, 1), make([]byte, 5<<20)...)
	if _, err := customer.Photos.UploadPhoto(t.Context(), &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: large}); err != nil {
		t.Errorf("five megabytes: %v", err)
	}
	for _, size := range []int{10<<20 + 1, 20 << 20} {
		_, err := customer.Photos.UploadPhoto(t.Context(), &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: make([]byte, size)})
		if code := connect.CodeOf(err); code != connect.CodeInvalidArgument && code != connect.CodeResourceExhausted {
			t.Errorf("%d octets: %v", size, err)
		}
	}
}
