package simulate

import "github.com/alexedwards/argon2id"

// passwordHash is demo.Password as cheaply as it goes: the first sign-in of each person keeps it.
var passwordHash = func() string {
	hash, err := argon2id.CreateHash("utsendt-demo", &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		panic(err)
	}
	return hash
}()
