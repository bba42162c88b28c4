// Command ecg-classify classifies WFDB records at the ECG classification service: one by a call, or all of a folder over
// one stream. It prints a JSON object for each.
//
// It exits with 0 when all were classified, with 1 when some were not, with 2 when it was called wrongly or its output
// cannot be written, and with 3 when there is no service or the service ended the call.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ecg-classifier/ecg-classifier/clients/go/ecg"
)

const usage = `usage: ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] FILE.hea
       ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] --stream FOLDER

Classifies a WFDB record, or all those under a folder, and prints a JSON object for each.

  --address HOST:PORT  where the service is (127.0.0.1:50051)
  --ca FILE            speak TLS, and trust the authorities of this PEM file
  --token-file FILE    the file that holds the bearer token
  --stream FOLDER      classify all records under this folder, over one stream

Exit codes: 0 all classified, 1 some not, 2 called wrongly or output not written, 3 no service or it ended the call.
`

const (
	exitAllClassified = iota
	exitSomeNot
	exitWrongUsage
	exitNoService
)

type arguments struct {
	address, caFile, tokenFile, folder, file string
}

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(words []string) int {
	given, err := parse(words)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		return exitAllClassified
	}
	if err != nil {
		return complain(exitWrongUsage, err)
	}
	client, err := newClient(given)
	if err != nil {
		return complain(exitWrongUsage, err)
	}
	defer client.Close()
	headers, classify := []string{given.file}, classifyOne
	if given.folder != "" {
		classify = classifyAll
		if headers, err = headersUnder(given.folder); err != nil {
			return complain(exitWrongUsage, err)
		}
	}
	printed := newLines(os.Stdout)
	if err := classify(client, headers, printed); err != nil {
		return complain(exitNoService, callError(given.address, err))
	}
	if printed.failures > 0 {
		return exitSomeNot
	}
	return exitAllClassified
}

func parse(words []string) (arguments, error) {
	var given arguments
	flags := flag.NewFlagSet("ecg-classify", flag.ContinueOnError)
	flags.StringVar(&given.address, "address", ecg.DefaultAddress, "")
	flags.StringVar(&given.caFile, "ca", "", "")
	flags.StringVar(&given.tokenFile, "token-file", "", "")
	flags.StringVar(&given.folder, "stream", "", "")
	flags.SetOutput(io.Discard)
	if err := flags.Parse(words); err != nil {
		return given, err
	}
	given.file = flags.Arg(0)
	if isFile := given.folder == ""; flags.NArg() > 1 || isFile != (flags.NArg() == 1) {
		return given, errors.New("give one FILE.hea, after the flags, or --stream FOLDER; --help tells more")
	}
	return given, nil
}

func newClient(given arguments) (*ecg.Client, error) {
	credentials := ecg.Credentials{CAFile: given.caFile}
	if given.tokenFile != "" {
		token, err := os.ReadFile(given.tokenFile)
		if err != nil {
			return nil, err
		}
		if credentials.Token = strings.TrimSpace(string(token)); credentials.Token == "" {
			return nil, fmt.Errorf("%s is empty; write the token into it", given.tokenFile)
		}
	}
	return ecg.NewClient(given.address, credentials)
}

// complain tells on standard error, in one line, what went wrong.
func complain(status int, err error) int {
	fmt.Fprintln(os.Stderr, "ecg-classify:", strings.Join(strings.Fields(err.Error()), " "))
	return status
}

// callError says how a call ended, and what to do.
func callError(address string, err error) error {
	ended := ecg.DetailsOf(err)
	if ended == nil {
		return err
	}
	code := codeName(ended.GetCode())
	remedies := map[string]string{
		"UNAVAILABLE":       "check that it runs there (--address), and whether it speaks TLS (--ca)",
		"UNAUTHENTICATED":   "give the token that it knows you by (--token-file)",
		"PERMISSION_DENIED": "ask its operator to be let in",
		"DEADLINE_EXCEEDED": "try again, or send less at once",
	}
	remedy, ok := remedies[code]
	if !ok {
		remedy = "try again later"
	}
	return fmt.Errorf("the service at %s: %s: %s; %s", address, code, ended.GetMessage(), remedy)
}
