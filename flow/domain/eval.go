package domain

// literal works out a value.
func (n node) literal(env Env) (any, error) {
	switch n.kind {
	case kindNone:
		return false, nil
	case kindString:
		return n.text, nil
	case kindInt:
		return n.whole, nil
	case kindFloat:
		return n.fraction, nil
	case kindBool:
		return n.truth, nil
	case kindList:
		list := make([]any, 0, len(n.items))
		for _, item := range n.items {
			value, err := item.literal(env)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	}
	value, err := n.eval(env)
	if err != nil {
		return nil, err
	}
	switch value := value.(type) {
	case string, int64:
		return value, nil
	case moment:
		return value.String(), nil
	}
	return nil, wrong("no_value", n)
}

// eval works out an expression: a string, an int64, a moment, a clock or a delta.
func (n node) eval(env Env) (any, error) {
	switch n.kind {
	case kindString:
		return n.text, nil
	case kindInt:
		return n.whole, nil
	case kindName:
		return n.named(env)
	case kindSum:
		return n.added(env)
	case kindCall:
		return n.called(env)
	}
	return nil, wrong("no_value", n)
}

// named is the value of a name that stands alone.
func (n node) named(env Env) (any, error) {
	switch n.text {
	case "uid":
		return env.UID, nil
	case "now":
		return now(env), nil
	case "today", "current_date":
		return today(env), nil
	}
	return nil, wrong("unknown_name", n)
}

// added is a moment with a delta put on or taken off.
func (n node) added(env Env) (any, error) {
	left, err := n.items[0].eval(env)
	if err != nil {
		return nil, err
	}
	right, err := n.items[1].eval(env)
	if err != nil {
		return nil, err
	}
	at, isMoment := left.(moment)
	by, isDelta := right.(delta)
	if !isMoment || !isDelta {
		return nil, wrong("bad_sum", n)
	}
	if n.minus {
		by = by.negative()
	}
	moved, ok := at.plus(by)
	if !ok {
		return nil, wrong("out_of_range", n)
	}
	return moved, nil
}

// called is the value of a call: of a function by its dotted name, or of a method of a moment.
func (n node) called(env Env) (any, error) {
	if name := n.target.dotted(); name != "" {
		if function := functionNamed(name); function != nil {
			return function(n, env)
		}
		if n.target.kind == kindName || isModule(n.target) {
			return nil, wrong("unknown_name", *n.target)
		}
	}
	if n.target.kind != kindAttribute {
		return nil, wrong("bad_call", n)
	}
	of, err := n.target.target.eval(env)
	if err != nil {
		return nil, err
	}
	at, ok := of.(moment)
	method := methods[n.target.text]
	if !ok || method == nil {
		return nil, wrong("bad_call", n)
	}
	return method(n, at, env)
}

// dotted is the name of names with dots between them; of anything else "".
func (n node) dotted() string {
	switch n.kind {
	case kindName:
		return n.text
	case kindAttribute:
		if before := n.target.dotted(); before != "" {
			return before + "." + n.text
		}
	}
	return ""
}

// isModule tells that a dotted name begins with a module of Python, so that nothing can be worked out but what functions names.
func isModule(n *node) bool {
	for n.target != nil {
		n = n.target
	}
	return n.text == "datetime" || n.text == "time" || n.text == "relativedelta"
}
