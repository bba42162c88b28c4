package ecg

import "testing"

func TestATokenLeavesThisMachineOverTLSOnly(t *testing.T) {
	for address, isTaken := range map[string]bool{
		"127.0.0.1:50051": true, "[::1]:50051": true, "localhost:50051": true,
		"10.0.0.1:50051": false, "ecg.example.org:443": false, "localhost.example.org:443": false,
	} {
		client, err := NewClient(address, Credentials{Token: "secret"})
		if (err == nil) != isTaken {
			t.Error(address, err)
		}
		if client != nil {
			_ = client.Close()
		}
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, address := range []string{"", "localhost", "http://localhost:1", ":1", "localhost:0", "localhost:65536"} {
		if _, err := NewClient(address, Credentials{}); err == nil {
			t.Error(address)
		}
	}
}
