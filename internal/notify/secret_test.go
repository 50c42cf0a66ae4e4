package notify

import "testing"

func TestSecretsAreForKindsThatDeclareThem(t *testing.T) {
	t.Parallel()
	s := &Service{secrets: map[Kind]SecretFunc{}}
	defer func() {
		if recover() == nil {
			t.Error("a function was taken for a kind without secrets")
		}
	}()
	s.RegisterSecret(Test, nil)
}
