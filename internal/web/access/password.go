package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// What a new hash costs: the second recommendation of RFC 9106, section 4, for machines that
// cannot spare 2 GiB for each sign-in.
const (
	passes   = 3
	memory   = 64 << 10 // KiB
	lanes    = 4
	saltSize = 16
	keySize  = 32
)

// Bounds of a hash that is accepted: a file must not be able to stop the machine.
const (
	mostPasses = 20
	mostMemory = 1 << 20 // KiB
)

// leastPassword is the shortest password that is hashed, in bytes.
const leastPassword = 10

// Hash returns a password's argon2id hash with a salt of its own, as a PHC string:
//
//	$argon2id$v=19$m=65536,t=3,p=4$<salt>$<hash>
func Hash(password string) (string, error) {
	if len(password) < leastPassword {
		return "", fmt.Errorf("the password has fewer than %d characters and can be guessed; choose a longer one", leastPassword)
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: it ends the process instead
	key := argon2.IDKey([]byte(password), salt, passes, memory, lanes, keySize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// hash is a PHC string, read.
type hash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

var errHash = errors.New("it is no argon2id hash; make one with foresight web hash")

func parse(text string) (h hash, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); n != 3 || err != nil {
		return h, errHash
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return h, errHash
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 {
		return h, errHash
	}
	if h.lanes < 1 || h.passes < 1 || h.passes > mostPasses || h.memory < 8*uint32(h.lanes) || h.memory > mostMemory {
		return h, fmt.Errorf("its costs m=%d, t=%d, p=%d are out of bounds; make one with foresight web hash", h.memory, h.passes, h.lanes)
	}
	return h, nil
}

func (h hash) opens(password string) bool {
	key := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1
}
