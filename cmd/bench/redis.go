package main

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"time"
)

// startRedis starts a redis-server of its own on a free port, with its data in a folder. It writes what it is told to disk once a
// second, as one that is to lose nothing is set up.
func startRedis(ctx context.Context, dir string, durable bool) (*process, string, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, "", errors.New("there is no redis-server: install it (Debian: apt-get install redis-server)")
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, "", err
	}
	append := "no"
	if durable {
		append = "yes"
	}
	p, err := start(ctx, "redis", dir, nil, path, "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "",
		"--appendonly", append, "--appendfsync", "everysec", "--loglevel", "warning")
	if err != nil {
		return nil, "", err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	if err := p.listens(ctx, address); err != nil {
		p.stop()
		return nil, "", err
	}
	return p, "redis://" + address, nil
}

// listens waits until something takes connections at an address.
func (p *process) listens(ctx context.Context, address string) error {
	dialer := net.Dialer{Timeout: time.Second}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if connection, err := dialer.DialContext(ctx, "tcp", address); err == nil {
			return connection.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.exited:
			return p.failed("it has ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return p.failed("it does not listen")
}

func (p *process) failed(what string) error {
	return errors.New(p.name + ": " + what + "\n" + p.said.String())
}

func freePort(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}
