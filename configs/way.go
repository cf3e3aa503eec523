package configs

import (
	"net/url"
	"strings"
)

// Way is how a site is reached, besides its address and authority.
type Way struct {
	CertFile, KeyFile string // PEM; shown to a server that asks for a certificate
	Proxy             string // "": as the environment says; NoProxy: none
	ProxyUser         string
	ProxyPassword     Secret
}

// NoProxy has a site reached directly.
const NoProxy = "none"

type fileProxy struct {
	URL      string        `yaml:"url" jsonschema:"required" jsonschema_description:"Address, such as http://proxy.example.com:3128 (https and socks5 too), or none to go directly whatever the environment says."`
	Username string        `yaml:"username" jsonschema_description:"User at the proxy, with password."`
	Password *secretSource `yaml:"password" jsonschema_description:"Password of username."`
	password Secret
}

// way wants a certificate and its key together, and a proxy that can be spoken to.
func (v validator) way(key, certFile, keyFile string, p *fileProxy) {
	v.authority(key+".cert_file", certFile)
	v.authority(key+".key_file", keyFile)
	switch {
	case certFile != "" && keyFile == "":
		v.fail(key+".cert_file", "there is no key_file beside it; write both")
	case certFile == "" && keyFile != "":
		v.fail(key+".key_file", "there is no cert_file beside it; write both")
	}
	if p == nil {
		return
	}
	at := key + ".proxy"
	if p.URL != NoProxy {
		u, err := url.Parse(p.URL)
		switch {
		case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" || strings.Trim(u.Path, "/") != "":
			v.fail(at+".url", "%q is no address of a proxy; write one such as http://proxy.example.com:3128, or none", shown(p.URL))
		case u.User != nil:
			v.fail(at+".url", "the address holds a user or password; take it out and use username and password")
		}
	}
	switch {
	case p.Username == "" && p.Password != nil:
		v.fail(at+".password", "there is no username beside it; write username: NAME")
	case p.Username != "" && p.Password == nil:
		v.fail(at+".username", "there is no password beside it; write password: {env: NAME}")
	case p.Password != nil:
		p.password = v.secret(at+".password", p.Password)
	}
}

func wayOf(path, certFile, keyFile string, p *fileProxy) Way {
	w := Way{CertFile: resolve(path, certFile), KeyFile: resolve(path, keyFile)}
	if p != nil {
		w.Proxy, w.ProxyUser, w.ProxyPassword = p.URL, p.Username, p.password
	}
	return w
}
