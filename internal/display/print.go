package display

import (
	"fmt"
	"io"
	"reflect"
)

// Fprintf is fmt.Fprintf with every text among the arguments shown as [Line]. The
// format is ours and stays as it is, with its line ends and colours.
func Fprintf(w io.Writer, format string, args ...any) (int, error) {
	return fmt.Fprintf(w, format, shownAll(args)...)
}

// Sprintf is fmt.Sprintf with every text among the arguments shown as [Line].
func Sprintf(format string, args ...any) string { return fmt.Sprintf(format, shownAll(args)...) }

func shownAll(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = shownValue(a)
	}
	return out
}

// shownValue leaves numbers and what is made of them alone.
func shownValue(a any) any {
	switch v := a.(type) {
	case nil:
		return a
	case string:
		return shown(v)
	case error:
		return shown(v.Error())
	}
	switch v := reflect.ValueOf(a); {
	case v.Kind() == reflect.String:
		return shown(text(a, v))
	case v.Kind() == reflect.Struct || v.Kind() == reflect.Pointer:
		if s, ok := a.(fmt.Stringer); ok {
			return shown(s.String())
		}
	case v.Kind() == reflect.Slice:
		return shown(fmt.Sprint(a))
	}
	return a
}

func text(a any, v reflect.Value) string {
	if s, ok := a.(fmt.Stringer); ok {
		return s.String()
	}
	return v.String()
}

// shown is a text that shows itself as Line. %q quotes what it is.
type shown string

// Format implements fmt.Formatter.
func (s shown) Format(f fmt.State, verb rune) {
	format := fmt.FormatString(f, verb)
	if verb == 'q' {
		io.WriteString(f, Line(fmt.Sprintf(format, string(s))))
		return
	}
	fmt.Fprintf(f, format, Line(string(s)))
}
