package script_test

import (
	"context"
	"fmt"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/script"
)

const kiosk = `
bot: {code: kiosk, name: Kiosk, lang: en_US}
steps:
  - code: start
    type: buttons
    aliases: [/start]
    text: Hello, **{{ chat.first_name }}**!
    answers: [{name: Coffee, next: coffee}, {name: Tea, next: tea}]
    keyboard: [[1, 2]]
  - code: coffee
    type: input
    text: How much sugar?
    validation: number
    next: done
  - {code: tea, type: text, media: [leaves.png], text: "We are out of tea.", next: start}
  - {code: done, type: text, text: "Coffee with {{ answer.coffee }} of sugar."}
`

// A transcript is played against a bot; a difference is shown like one of files.
func Example() {
	transcript, err := script.Parse("coffee.chat", []byte(`# a client orders
@ chat.first_name = Ann
@ chat.lang = en
> /start
< Hello, *Ann*!  [Coffee] [Tea]
> [Tea]
< (image leaves.png)
< We are out of tea.
< …
> [Coffee]
< How much sugar?
  (no keyboard)
> a little
< That is not a number. …
< How much sugar?
> 2
< Coffee with 3 of sugar.
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	definition, err := botfile.Parse("kiosk.yaml", []byte(kiosk))
	if err != nil {
		fmt.Println(err)
		return
	}
	bot := flow.Build(definition, flow.Definition{}, nil).Bot
	report, err := script.Play(context.Background(), transcript, script.World{Bot: bot})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.OK(), report.First())
	fmt.Print(report.Diff("en"))
	// Output:
	// false 17
	// --- coffee.chat: expected
	// +++ said by the bot
	// @@ line 14 @@
	//  < That is not a number. …
	//  < How much sugar?
	//  > 2
	// -< Coffee with 3 of sugar.
	// +< Coffee with 2 of sugar.
}
