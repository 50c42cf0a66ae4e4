package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"utsendt/internal/postgres"
)

// S3Config says where an S3-compatible object store is.
type S3Config struct {
	// Endpoint is a URL: https://s3.example.com or http://127.0.0.1:9000.
	Endpoint string
	Bucket   string
	// Prefix goes before every object's name, "utsendt/photos/" for example; may be empty.
	Prefix string
	Region string
	// AccessKey and SecretKey sign the requests; both empty sends them unsigned.
	AccessKey, SecretKey string
	// VirtualHost puts the bucket into the host's name, as Amazon wants it; otherwise it is in the path.
	VirtualHost bool
	// Timeout of one request's answer, in addition to the caller's context; 0 means 20 s.
	Timeout time.Duration
}

// S3 is the store in a bucket. The bucket must exist; it is never listed beyond Prefix.
type S3 struct {
	client *minio.Client
	cfg    S3Config
}

var _ Store = (*S3)(nil)

// hashHeader is the object's metadatum with the content's SHA-256 in hex.
const hashHeader = "Sha256"

// NewS3 makes the store. It asks nothing of the object store yet: a server starts while its object store is down.
func NewS3(cfg S3Config) (*S3, error) {
	secure := strings.HasPrefix(cfg.Endpoint, "https://")
	host := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(cfg.Endpoint, "https://"), "http://"), "/")
	if !secure && !strings.HasPrefix(cfg.Endpoint, "http://") || host == "" || strings.Contains(host, "/") {
		return nil, fmt.Errorf("blob: the S3 endpoint %q is no http(s) URL of a host", cfg.Endpoint)
	}
	if cfg.Bucket == "" {
		return nil, errors.New("blob: S3 needs a bucket")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 20 * time.Second
	}
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, fmt.Errorf("blob: S3: %w", err)
	}
	transport.ResponseHeaderTimeout = cfg.Timeout
	options := &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Secure: secure, Transport: transport,
		Region: cfg.Region, BucketLookup: minio.BucketLookupPath, MaxRetries: 3,
	}
	if cfg.VirtualHost {
		options.BucketLookup = minio.BucketLookupDNS
	}
	client, err := minio.New(host, options)
	if err != nil {
		return nil, fmt.Errorf("blob: S3: %w", err)
	}
	return &S3{client, cfg}, nil
}

func (s *S3) key(id uuid.UUID) string { return s.cfg.Prefix + id.String() }

// Put implements Store: the object is written at once.
func (s *S3) Put(ctx context.Context, id uuid.UUID, content []byte) (Write, error) {
	hash := sha256.Sum256(content)
	_, err := s.client.PutObject(ctx, s.cfg.Bucket, s.key(id), bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true, SendContentMd5: true,
		UserMetadata: map[string]string{hashHeader: hex.EncodeToString(hash[:])},
	})
	if err != nil {
		return nil, down(err)
	}
	return func(context.Context, postgres.Tx) error { return nil }, nil
}

// Open implements Store.
func (s *S3) Open(ctx context.Context, id uuid.UUID) (*Content, error) {
	object, err := s.client.GetObject(ctx, s.cfg.Bucket, s.key(id), minio.GetObjectOptions{})
	if err != nil {
		return nil, down(err)
	}
	info, err := object.Stat() // the first request, which also opens the body
	if err != nil {
		_ = object.Close()
		if notThere(err) {
			return nil, ErrNotFound
		}
		return nil, down(err)
	}
	c := &Content{ReadCloser: s3Reader{object}, Size: info.Size}
	if hash, err := hex.DecodeString(info.UserMetadata[hashHeader]); err == nil {
		copy(c.Hash[:], hash)
	}
	return c, nil
}

// s3Reader says "down" when the connection breaks.
type s3Reader struct{ *minio.Object }

func (r s3Reader) Read(p []byte) (int, error) {
	n, err := r.Object.Read(p)
	if err != nil && err != io.EOF {
		err = down(err)
	}
	return n, err
}

func notThere(err error) bool {
	answer := minio.ToErrorResponse(err)
	return answer.Code == minio.NoSuchKey || answer.StatusCode == http.StatusNotFound && answer.Code != minio.NoSuchBucket
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, ids ...uuid.UUID) error {
	for _, id := range ids {
		if err := s.client.RemoveObject(ctx, s.cfg.Bucket, s.key(id), minio.RemoveObjectOptions{}); err != nil && !notThere(err) {
			return down(err)
		}
	}
	return nil
}

// List implements Store. Objects whose names are not ours are passed over.
func (s *S3) List(ctx context.Context, fn func(Entry) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing's goroutine
	for object := range s.client.ListObjects(ctx, s.cfg.Bucket, minio.ListObjectsOptions{Prefix: s.cfg.Prefix}) {
		if object.Err != nil {
			return down(object.Err)
		}
		id, err := uuid.Parse(strings.TrimPrefix(object.Key, s.cfg.Prefix))
		if err != nil || s.key(id) != object.Key {
			continue
		}
		if err := fn(Entry{id, object.Size, object.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}
