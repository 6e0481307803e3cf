package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
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
	ID      string
	Request Request
	Confirm time.Duration
	// Asks tells that somebody is asked, so that it may take the whole time.
	Asks bool
}

type answer struct{ Keep bool }

// word is what the watcher says on its standard output.
type word struct {
	// Loaded is set once the new firewall stands.
	Loaded *Report `json:",omitempty"`
	// Restored tells that the old one is back, and why.
	Restored string `json:",omitempty"`
	Kept     bool   `json:",omitempty"`
	// Notes are about what was restored.
	Notes []string `json:",omitempty"`
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
	ignoreSignals()
	say := json.NewEncoder(out)
	d := json.NewDecoder(in)
	var o order
	if err := d.Decode(&o); err != nil {
		return // gone before anything was done
	}
	t := newTrial(o.ID, o.Confirm, o.Asks)
	o.Request.trial = t
	loaded, err := Load(o.Request)
	defer t.heir.release()
	if err != nil {
		var input *InputError
		say.Encode(word{Error: err.Error(), Input: errors.As(err, &input)})
		return
	}
	loaded.Report.Notes = append(loaded.Report.Notes, t.notes...)
	say.Encode(word{Loaded: &loaded.Report})
	say.Encode(t.settle(loaded, await(d, o.Confirm)))
	wasRestored(t.ID) // which all know now who ask
}

// settle ends the trial. Without a reason why not the new firewall is kept.
func (t *trial) settle(l *Loaded, why string) word {
	defer l.unlock()
	if why == "" {
		err := t.keep()
		if err == nil && l.change != nil {
			err = l.change.Keep()
		}
		return word{Kept: err == nil, Error: textOfError(err)}
	}
	notes, err := t.takeBack(l)
	if err != nil {
		return word{Error: err.Error()}
	}
	return word{Restored: why, Notes: notes}
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
	// Notes are about what was restored, once it is.
	Notes  []string
	id     string
	cmd    *exec.Cmd
	give   io.WriteCloser
	words  *json.Decoder
	result chan word
}

// Confirm loads like [Load], in a watcher that restores what stood before unless
// Settle is called with true within the time given. Asks tells that somebody is asked for it.
func Confirm(req Request, most time.Duration, asks bool) (*Pending, error) {
	req.Undo = true
	p := &Pending{id: newTrialID(), result: make(chan word, 1)}
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
	if err := json.NewEncoder(p.give).Encode(order{p.id, req, most, asks}); err != nil {
		return nil, errors.Join(err, p.cmd.Wait())
	}
	w, err := p.listen()
	if err != nil {
		return nil, err
	}
	if w.Loaded == nil {
		p.cmd.Wait()
		return nil, errors.New("the process that loads was ended before it had loaded all; what stood before stands")
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

// listen waits for the watcher's next word, or its heir's. When both are gone, we inherit.
func (p *Pending) listen() (w word, err error) {
	if err := p.words.Decode(&w); err != nil {
		p.cmd.Wait()
		w, _ = inherit(p.id)
		wasRestored(p.id)
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
	p.Notes = w.Notes
	return w.Restored, w.err()
}
