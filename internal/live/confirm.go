package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// A load that has to be confirmed is done by a process of its own, the watcher. It
// has its own session, so that neither the end of the terminal nor Ctrl-C reach it,
// and it loads itself, so that nobody can be killed between the load and the watch. It
// puts back what stood before unless it is told to keep the new firewall: after the
// given time, and at once when the process that started it is gone.

// order is what the watcher is given on its standard input, first the request and
// then at most one answer.
type order struct {
	Request Request
	Confirm time.Duration
}

type answer struct{ Keep bool }

// word is what the watcher says on its standard output.
type word struct {
	// Loaded is set once the new firewall stands.
	Loaded *Report `json:",omitempty"`
	// Restored tells that the old one is back, and why.
	Restored string `json:",omitempty"`
	Kept     bool   `json:",omitempty"`
	// Error ends the conversation; Input tells that it is an InputError.
	Error string `json:",omitempty"`
	Input bool   `json:",omitempty"`
}

func (w word) err() error {
	switch {
	case w.Error == "":
		return nil
	case w.Input:
		return &InputError{w.Error}
	}
	return errors.New(w.Error)
}

// Watch is the watcher: it takes its orders from in and reports to out. It returns
// when the matter is settled.
func Watch(in io.Reader, out io.Writer) {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGTSTP)
	say := json.NewEncoder(out)
	d := json.NewDecoder(in)
	var o order
	if err := d.Decode(&o); err != nil {
		return // gone before anything was done
	}
	loaded, err := Load(o.Request)
	if err != nil {
		var input *InputError
		say.Encode(word{Error: err.Error(), Input: errors.As(err, &input)})
		return
	}
	say.Encode(word{Loaded: &loaded.Report})
	why := await(d, o.Confirm)
	if why == "" {
		err := loaded.Keep()
		say.Encode(word{Kept: err == nil, Error: textOfError(err)})
		return
	}
	if err := loaded.Restore(); err != nil {
		say.Encode(word{Error: err.Error()})
		return
	}
	say.Encode(word{Restored: why})
}

func textOfError(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// await waits for an answer and tells why the firewall is not kept, "" if it is.
func await(d *json.Decoder, most time.Duration) (why string) {
	answers := make(chan string, 1)
	go func() {
		var a answer
		switch err := d.Decode(&a); {
		case err != nil:
			answers <- "recentc was ended"
		case a.Keep:
			answers <- ""
		default:
			answers <- "it was not confirmed"
		}
	}()
	select {
	case why = <-answers:
		return why
	case <-time.After(most):
		return fmt.Sprintf("it was not confirmed within %v", most)
	}
}

// WatchCommand is the hidden command of recentc that runs Watch.
const WatchCommand = "_watch"

// Pending is a firewall that was loaded and waits to be confirmed.
type Pending struct {
	Report Report
	cmd    *exec.Cmd
	give   io.WriteCloser
	words  *json.Decoder
	result chan word
}

// Confirm loads like [Load], in a watcher that restores what stood before unless
// Settle is called with true within the time given.
func Confirm(req Request, most time.Duration) (*Pending, error) {
	req.Undo = true
	p := &Pending{result: make(chan word, 1)}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p.cmd = exec.Command(self, WatchCommand)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if p.give, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.words = json.NewDecoder(out)
	if err := json.NewEncoder(p.give).Encode(order{req, most}); err != nil {
		return nil, errors.Join(err, p.cmd.Wait())
	}
	w, err := p.listen()
	if err != nil {
		return nil, err
	}
	p.Report = *w.Loaded
	go func() {
		w, err := p.listen()
		if err != nil {
			w = word{Error: err.Error()}
		}
		p.result <- w
	}()
	return p, nil
}

// listen waits for the watcher's next word.
func (p *Pending) listen() (w word, err error) {
	if err := p.words.Decode(&w); err != nil {
		p.cmd.Wait()
		return w, fmt.Errorf("the process that watches over the new firewall ended without a word (%v); look with recentc status", p.cmd.ProcessState)
	}
	return w, w.err()
}

// Settled delivers when the watcher has restored by itself, because time was up. The
// value is for Settle.
func (p *Pending) Settled() <-chan word { return p.result }

// Settle keeps the new firewall, or puts back what stood before. It returns why the
// old one is back, "" where the new one stays, also if the watcher was faster.
func (p *Pending) Settle(keep bool) (restored string, err error) {
	json.NewEncoder(p.give).Encode(answer{keep})
	return p.Finish(<-p.result)
}

// Finish takes the watcher's last word.
func (p *Pending) Finish(w word) (restored string, err error) {
	p.give.Close()
	p.cmd.Wait()
	return w.Restored, w.err()
}
