// x/crypto/ssh and pkg/sftp of Go as a command-line client: harness/client_program.py says what the
// arguments are.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(255)
	}
}

func connect(port, user, keyFile, hostKey string) *ssh.Client {
	pem, err := os.ReadFile(keyFile)
	check(err)
	signer, err := ssh.ParsePrivateKey(pem)
	check(err)
	config := &ssh.ClientConfig{
		User: user,
		Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			if base64.StdEncoding.EncodeToString(key.Marshal()) != hostKey {
				return fmt.Errorf("another host key")
			}
			return nil
		},
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
	}
	if os.Getenv("REKEY") != "" {
		config.RekeyThreshold = 1 << 20
	}
	client, err := ssh.Dial("tcp", "127.0.0.1:"+port, config)
	check(err)
	if os.Getenv("KEEPALIVE") != "" {
		go func() {
			for range time.Tick(time.Second) {
				_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
				check(err)
			}
		}()
	}
	return client
}

func play(client *ssh.Client, start func(*ssh.Session) error) int {
	session, err := client.NewSession()
	check(err)
	session.Stdin, session.Stdout, session.Stderr = os.Stdin, os.Stdout, os.Stderr
	check(start(session))
	err = session.Wait()
	if exit, ok := err.(*ssh.ExitError); ok {
		return exit.ExitStatus()
	}
	check(err)
	return 0
}

func copyFile(to io.WriteCloser, from io.Reader) {
	_, err := io.Copy(to, from)
	check(err)
	check(to.Close())
}

func transfer(client *sftp.Client, verb string, names []string) {
	switch verb {
	case "put":
		here, err := os.Open(names[0])
		check(err)
		there, err := client.Create(names[1])
		check(err)
		copyFile(there, here)
	case "get":
		there, err := client.Open(names[0])
		check(err)
		here, err := os.Create(names[1])
		check(err)
		copyFile(here, there)
	case "resume":
		there, err := client.OpenFile(names[1], os.O_WRONLY)
		check(err)
		end, err := there.Seek(0, io.SeekEnd)
		check(err)
		here, err := os.Open(names[0])
		check(err)
		_, err = here.Seek(end, io.SeekStart)
		check(err)
		copyFile(there, here)
	case "list":
		found, err := client.ReadDir(names[0])
		check(err)
		for _, entry := range found {
			fmt.Println(entry.Name())
		}
	case "rename":
		check(client.Rename(names[0], names[1]))
	}
}

func main() {
	client := connect(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	verb, rest := os.Args[5], os.Args[6:]
	switch verb {
	case "exec":
		os.Exit(play(client, func(session *ssh.Session) error { return session.Start(rest[0]) }))
	case "terminal":
		os.Exit(play(client, func(session *ssh.Session) error {
			check(session.RequestPty("xterm-256color", 30, 90, ssh.TerminalModes{}))
			return session.Shell()
		}))
	default:
		files, err := sftp.NewClient(client)
		check(err)
		transfer(files, verb, rest)
	}
}
