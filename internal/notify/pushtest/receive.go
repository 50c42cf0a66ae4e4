package pushtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxBody is what public push services accept at most, in octets.
const maxBody = 4096

// Message is one post that passed the checks, or was answered as told by an Answer.
type Message struct {
	Endpoint string
	TTL      int // seconds
	Urgency  string
	Topic    string
	Token    Token
	// Authorization is the header the Token was read from.
	Authorization string
	Body          []byte // sealed
	Status        int    // what the service has answered; 0 while hanging
}

// Answer is how an endpoint behaves. The zero value is the honest service.
type Answer struct {
	Status     int    // answer this instead of taking the message; 0 for normal
	RetryAfter string // Retry-After header, with Status
	Location   string // Location header, with Status
	Body       string // answer's text, with Status
	Hang       bool   // take the request and do not answer until the sender gives up
	Endless    bool   // answer Status (or 201) and a body without end
}

// SetAnswer tells how the endpoint answers from now on. Unknown endpoints are ignored: they answer 404
// anyway.
func (s *Service) SetAnswer(endpoint string, answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, channel := range s.channels {
		if s.endpoint(token) == endpoint {
			channel.answer = answer
		}
	}
}

// Messages are all messages so far, oldest first.
func (s *Service) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// WaitMessages returns once at least n messages have come, or with the context's error.
func (s *Service) WaitMessages(ctx context.Context, n int) ([]Message, error) {
	err := s.waitFor(ctx, func() bool { return len(s.messages) >= n })
	return s.Messages(), err
}

func (s *Service) receive(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	channel := s.channels[r.PathValue("token")]
	s.mu.Unlock()
	if channel == nil {
		http.Error(w, "no such subscription", http.StatusNotFound)
		return
	}
	message, status, err := s.readMessage(r, channel)
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	s.mu.Lock()
	answer := channel.answer
	if answer == (Answer{}) {
		message.Status = http.StatusCreated
		s.deliverLocked(channel, message)
	} else if !answer.Hang {
		message.Status = max(answer.Status, http.StatusOK)
	}
	s.messages = append(s.messages, message)
	s.notifyLocked()
	s.mu.Unlock()
	s.respond(w, r, message, answer)
}

// readMessage checks a post as strictly as any of the public push services does.
func (s *Service) readMessage(r *http.Request, channel *channel) (Message, int, error) {
	ttl, err := strconv.Atoi(r.Header.Get("TTL"))
	if err != nil || ttl < 0 {
		return Message{}, http.StatusBadRequest, fmt.Errorf("TTL is missing or wrong")
	}
	if got := r.Header.Get("Content-Encoding"); got != "aes128gcm" {
		return Message{}, http.StatusBadRequest, fmt.Errorf("the Content-Encoding is %q", got)
	}
	urgency, topic := r.Header.Get("Urgency"), r.Header.Get("Topic")
	if !slices.Contains([]string{"", "very-low", "low", "normal", "high"}, urgency) {
		return Message{}, http.StatusBadRequest, fmt.Errorf("the Urgency is %q", urgency)
	}
	if len(topic) > 32 {
		return Message{}, http.StatusBadRequest, fmt.Errorf("the Topic is longer than 32 characters")
	}
	token, err := VerifyToken(r.Header.Get("Authorization"))
	if err != nil {
		return Message{}, http.StatusUnauthorized, err
	}
	rest := time.Until(token.Expires)
	switch {
	case token.Audience != s.server.URL:
		return Message{}, http.StatusUnauthorized, fmt.Errorf("the token is for %q", token.Audience)
	case rest <= 0 || rest > 24*time.Hour:
		return Message{}, http.StatusUnauthorized, fmt.Errorf("the token expires in %v", rest)
	case channel.key != "" && channel.key != token.Key:
		return Message{}, http.StatusForbidden, fmt.Errorf("the subscription is for another key")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return Message{}, http.StatusBadRequest, err
	}
	if len(body) > maxBody {
		return Message{}, http.StatusRequestEntityTooLarge, fmt.Errorf("the body is longer than %d octets", maxBody)
	}
	return Message{
		Endpoint: s.endpoint(channel.token), TTL: ttl, Urgency: urgency, Topic: topic,
		Token: token, Authorization: r.Header.Get("Authorization"), Body: body,
	}, 0, nil
}

// respond answers as told.
func (s *Service) respond(w http.ResponseWriter, r *http.Request, message Message, answer Answer) {
	if answer.Hang {
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		return
	}
	if answer.RetryAfter != "" {
		w.Header().Set("Retry-After", answer.RetryAfter)
	}
	location := answer.Location
	if message.Status == http.StatusCreated && location == "" {
		location = s.server.URL + "/message/" + rand.Text()
		w.Header().Set("TTL", strconv.Itoa(message.TTL))
	}
	if location != "" {
		w.Header().Set("Location", location)
	}
	w.WriteHeader(message.Status)
	if _, err := io.WriteString(w, answer.Body); err != nil || !answer.Endless {
		return
	}
	flood := make([]byte, 8<<10)
	for r.Context().Err() == nil && s.ctx.Err() == nil {
		if _, err := w.Write(flood); err != nil {
			return
		}
	}
}
