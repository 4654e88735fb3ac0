package main

import (
	"bufio"
	"fmt"
	"net"
)

// echoTCP greets each connection with a line that names the version, then returns every line.
func echoTCP(listener net.Listener, version string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return // the listener was closed: the service ends
		}
		go echoLines(conn, version)
	}
}

func echoLines(conn net.Conn, version string) {
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintln(conn, version); err != nil {
		return
	}
	reader := bufio.NewReader(conn)
	for {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return
		}
		if _, err := conn.Write(line); err != nil {
			return
		}
	}
}
