package telegramtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxBody is the most the server takes in one request: the largest upload and room for the rest.
const maxBody = maxUpload + 1<<20

// params are a call's parameters as texts, the way the Bot API itself holds them: what is not a string in JSON stays JSON.
type params struct {
	values map[string]string
	files  map[string]Upload
}

// Upload is a file that a call brought along.
type Upload struct {
	Name string
	Type string // its Content-Type
	Data []byte
}

// readParams reads the query and the body in any of the forms that Telegram takes.
func readParams(r *http.Request) (params, *refusal) {
	p := params{values: make(map[string]string, 8)}
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
	switch strings.TrimSpace(strings.ToLower(kind)) {
	case "application/json":
		return p, p.readJSON(body, r.ContentLength)
	case "application/x-www-form-urlencoded":
		return p, p.readForm(body)
	case "multipart/form-data":
		return p, p.readMultipart(body, media)
	}
	return p, nil
}

func entityTooLarge() *refusal {
	return &refusal{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
}

func (p params) add(values url.Values) {
	for name, all := range values {
		p.values[name] = all[0]
	}
}

func (p params) readJSON(body io.Reader, length int64) *refusal {
	var buffer bytes.Buffer
	if length > 0 {
		buffer.Grow(int(length) + bytes.MinRead)
	}
	if _, err := buffer.ReadFrom(body); err != nil {
		return badRequest("can't read the request")
	}
	if buffer.Len() > maxBody {
		return entityTooLarge()
	}
	if len(bytes.TrimSpace(buffer.Bytes())) == 0 {
		return nil
	}
	if err := scanObject(buffer.Bytes(), p.values); err != nil {
		return badRequest("can't parse JSON object")
	}
	return nil
}

func (p params) readForm(body io.Reader) *refusal {
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
		if err == io.EOF {
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
			p.values[part.FormName()] = string(data)
			continue
		}
		p.files[part.FormName()] = Upload{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data}
	}
}

func (p params) text(name string) string { return p.values[name] }

// number is an integer parameter brought into its bounds; otherwise when it is absent or no number.
func (p params) number(name string, otherwise, least, most int) int {
	n, err := strconv.Atoi(p.values[name])
	if err != nil {
		return otherwise
	}
	return min(max(n, least), most)
}

func (p params) id(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(p.values[name]), 10, 64) // 0 stands for none
	return n
}

// flag is true for the words that Telegram takes for true.
func (p params) flag(name string) bool {
	switch strings.ToLower(p.values[name]) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// object decodes a JSON parameter into out; false when it is absent.
func (p params) object(name string, out any) (bool, *refusal) {
	text := p.values[name]
	if text == "" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(text), out); err != nil {
		return true, badRequest("can't parse " + strings.ReplaceAll(name, "_", " ") + " JSON object")
	}
	return true, nil
}
