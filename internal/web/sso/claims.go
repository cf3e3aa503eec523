package sso

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// longestName bounds what stands in timelines.
const longestName = 100

// claims are what the provider says of a person.
type claims map[string]any

// identity reads whom a token is of, and refuses one that does not hold.
func (p *Provider) identity(ctx context.Context, found *oidc.Provider, t Trip, token *oauth2.Token) (Identity, error) {
	raw, _ := token.Extra("id_token").(string)
	// Signature, issuer, audience and expiry.
	id, err := found.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: p.o.Clock}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if !same(t.Nonce, id.Nonce) {
		return Identity{}, fmt.Errorf("%w: the nonce is not the one that was sent", ErrToken)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return Identity{}, fmt.Errorf("%w: %w", ErrToken, err)
		}
	}
	said := claims{}
	if err := id.Claims(&said); err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	// Of several audiences the token is of one party (OpenID Connect Core 1.0, section 3.1.3.7).
	if party, has := said["azp"]; has && party != p.o.ClientID {
		return Identity{}, fmt.Errorf("%w: it was issued to %q", ErrToken, party)
	}
	if said.left(p.o.RolesClaim) {
		return Identity{}, fmt.Errorf("%w: there are too many %s to be told; have the provider send those of this application only", ErrToken, p.o.RolesClaim)
	}
	if said.at(p.o.RolesClaim) == nil && found.UserInfoEndpoint() != "" {
		if err := p.more(ctx, found, id.Subject, token, said); err != nil {
			return Identity{}, err
		}
	}
	name, err := said.name(p.o.UserClaim)
	return Identity{name, texts(said.at(p.o.RolesClaim))}, err
}

// more adds what the provider says of the person only when it is asked.
func (p *Provider) more(ctx context.Context, found *oidc.Provider, subject string, token *oauth2.Token, said claims) error {
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("%w: asking who it is: %w", ErrAway, err)
	}
	if info.Subject != subject {
		return fmt.Errorf("%w: it speaks of %q where %q was signed in", ErrToken, info.Subject, subject)
	}
	further := claims{}
	if err := info.Claims(&further); err != nil {
		return fmt.Errorf("%w: %w", ErrToken, err)
	}
	for name, value := range further {
		if _, has := said[name]; !has { // what is signed counts
			said[name] = value
		}
	}
	return nil
}

// at is a claim by its name or, where there is none of that, by its path: realm_access.roles.
func (c claims) at(name string) any {
	if value, has := c[name]; has {
		return value
	}
	first, rest, deeper := strings.Cut(name, ".")
	inner, is := c[first].(map[string]any)
	if !deeper || !is {
		return nil
	}
	return claims(inner).at(rest)
}

// left reports whether the provider left a claim out since it was too large.
func (c claims) left(name string) bool {
	elsewhere, _ := c["_claim_names"].(map[string]any)
	_, is := elsewhere[name]
	return is
}

// name is what the person is called here.
func (c claims) name(claim string) (string, error) {
	text, _ := c.at(claim).(string)
	text = strings.TrimSpace(text)
	if text == "" || len(text) > longestName || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", fmt.Errorf("%w: the claim %s, %q, is no name; set web.oidc.user_claim", ErrToken, claim, text)
	}
	if verified, said := c["email_verified"]; claim == "email" && said && verified != true && verified != "true" {
		return "", fmt.Errorf("%w: the address %s is not verified", ErrToken, text)
	}
	return text, nil
}

// texts are those of a claim that is one or a list.
func texts(claim any) (all []string) {
	switch value := claim.(type) {
	case string:
		return []string{value}
	case []any:
		for _, one := range value {
			if text, is := one.(string); is {
				all = append(all, text)
			}
		}
	}
	return all
}
