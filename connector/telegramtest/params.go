package telegramtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxBody is the most the server takes in one request: the largest upload and room for the rest.
const maxBody = maxUpload + 1<<20

// params are a call's parameters as texts, the way the Bot API itself holds them: what is not a string in JSON stays JSON.
type params struct {
	values []param
	files  map[string]Upload
}

type param struct {
	name, value string
	quoted      bool // it was a JSON string
}

// Upload is a file that a call brought along.
type Upload struct {
	Name string
	Type string // its Content-Type
	Data []byte
}

// readParams reads the query and the body in any of the forms that Telegram takes.
func readParams(r *http.Request) (params, *refusal) {
	var p params
	if r.URL.RawQuery != "" {
		query, _ := url.ParseQuery(r.URL.RawQuery) // what is malformed is left out, as Telegram does
		p.add(query)
	}
	if r.Body == nil || r.Body == http.NoBody {
		return p, nil
	}
	if r.ContentLength > maxBody {
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 4*maxBody)) // so that the caller is listening when the answer comes
		return p, entityTooLarge()
	}
	kind, media, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	body := io.LimitReader(r.Body, maxBody+1)
	var refused *refusal
	switch strings.TrimSpace(strings.ToLower(kind)) {
	case "application/json":
		refused = p.readJSON(body)
	case "application/x-www-form-urlencoded":
		refused = p.readForm(body)
	case "multipart/form-data":
		refused = p.readMultipart(body, media)
	}
	return p, refused
}

func entityTooLarge() *refusal {
	return &refusal{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
}

func (p *params) add(values url.Values) {
	for name, all := range values {
		p.values = append(p.values, param{name: name, value: all[0]})
	}
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (p *params) readJSON(body io.Reader) *refusal {
	buffer := bodies.Get().(*bytes.Buffer)
	buffer.Reset()
	defer func() {
		if buffer.Cap() <= 1<<16 {
			bodies.Put(buffer)
		}
	}()
	if _, err := buffer.ReadFrom(body); err != nil {
		return badRequest("can't read the request")
	}
	if buffer.Len() > maxBody {
		return entityTooLarge()
	}
	values, err := scanObject(buffer.String(), p.values)
	if err != nil {
		return badRequest("can't parse JSON object")
	}
	p.values = values
	return nil
}

func (p *params) readForm(body io.Reader) *refusal {
	text, err := io.ReadAll(body)
	if err != nil {
		return badRequest("can't read the request")
	}
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return badRequest("can't parse the form")
	}
	p.add(values)
	return nil
}

func (p *params) readMultipart(body io.Reader, media string) *refusal {
	_, options, err := mime.ParseMediaType("multipart/form-data;" + media)
	if err != nil || options["boundary"] == "" {
		return badRequest("boundary not found in multipart/form-data")
	}
	p.files = map[string]Upload{}
	reader := multipart.NewReader(body, options["boundary"])
	total := 0
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badRequest("can't parse multipart/form-data")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return badRequest("can't parse multipart/form-data")
		}
		if total += len(data); total >= maxBody {
			return entityTooLarge()
		}
		if part.FileName() == "" {
			p.values = append(p.values, param{name: part.FormName(), value: string(data)})
			continue
		}
		p.files[part.FormName()] = Upload{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data}
	}
}

// text is a parameter as text, the last of its name; "" for none.
func (p params) text(name string) string {
	for i := len(p.values) - 1; i >= 0; i-- {
		if p.values[i].name == name {
			return p.values[i].value
		}
	}
	return ""
}

// number is an integer parameter brought into its bounds; otherwise when it is absent or no number.
func (p params) number(name string, otherwise, least, most int) int {
	n, err := strconv.Atoi(p.text(name))
	if err != nil {
		return otherwise
	}
	return min(max(n, least), most)
}

func (p params) has(name string) bool {
	return slices.ContainsFunc(p.values, func(one param) bool { return one.name == name })
}

func (p params) id(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(p.text(name)), 10, 64) // 0 stands for none
	return n
}

// flag is true for the words that Telegram takes for true.
func (p params) flag(name string) bool {
	switch strings.ToLower(p.text(name)) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// object decodes a JSON parameter into out; false when it is absent.
func (p params) object(name string, out any) (bool, *refusal) {
	text := p.text(name)
	if text == "" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(text), out); err != nil {
		return true, badRequest("can't parse " + strings.ReplaceAll(name, "_", " ") + " JSON object")
	}
	return true, nil
}
