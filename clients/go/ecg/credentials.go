package ecg

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Credentials are whom to trust, and by what to be known. Empty ones are plain text and nobody.
type Credentials struct {
	// CAFile is a PEM file with the certificates of the authorities that the service's certificate must come from.
	// Empty: plain text.
	CAFile string
	// Token is the bearer token by which the service knows its caller. It is sent in plain text to this machine only.
	Token string
}

func (c Credentials) dialOptions(address string) ([]grpc.DialOption, error) {
	host, err := hostOf(address)
	if err != nil {
		return nil, err
	}
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport)}
	if c.Token == "" {
		return options, nil
	}
	token := bearerToken{c.Token, !isLoopback(host)}
	if token.RequireTransportSecurity() && c.CAFile == "" {
		return nil, fmt.Errorf("the token would travel to %s in plain text; give CAFile, or --ca, with it", address)
	}
	return append(options, grpc.WithPerRPCCredentials(token)), nil
}

func (c Credentials) transport() (credentials.TransportCredentials, error) {
	if c.CAFile == "" {
		return insecure.NewCredentials(), nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("the CA file cannot be read: %w", err)
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate; give a PEM file with those of authorities", c.CAFile)
	}
	return credentials.NewClientTLSFromCert(authorities, ""), nil
}

// bearerToken brings the token with every call.
type bearerToken struct {
	token    string
	needsTLS bool
}

func (t bearerToken) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + t.token}, nil
}

func (t bearerToken) RequireTransportSecurity() bool { return t.needsTLS }

func hostOf(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && host != "" && !strings.Contains(host, "/") {
		if number, err := strconv.ParseUint(port, 10, 16); err == nil && number > 0 {
			return host, nil
		}
	}
	return "", fmt.Errorf("%q is no address; give HOST:PORT, such as %s, without http://", address, DefaultAddress)
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
