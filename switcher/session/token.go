package session

import (
	"context"
	"strings"
)

// TokenFile is the file, in the session's directory, with the token of the
// preview: the password of versions that are not released. It stands in no
// other file that others can read.
const TokenFile = "preview.token"

// Token is what opens the preview; "" while nothing does.
func (s *Store) Token(ctx context.Context) (string, error) {
	text, _, err := s.read(ctx, TokenFile)
	return strings.TrimSpace(text), s.Errors.Wrap("read the preview's token", err)
}

// SealToken makes a token durable.
func (s *Store) SealToken(ctx context.Context, token string) error {
	return s.Session.Seal(ctx, s.Session.Path(TokenFile), token)
}
