package script

import "strings"

// settle compares what is expected with what was said since the last thing that happened.
func (p *player) settle() {
	var wanted []Line
	for _, line := range p.group {
		if line.Kind == Bot && strings.TrimSpace(line.Text) != nothing {
			wanted = append(wanted, line)
		}
	}
	pairs := align(wanted, p.said)
	next, at := 0, 0 // of the messages said, and of the lines wanted
	sayUntil := func(end int) {
		for ; next < end; next++ {
			p.report.add('+', p.lastLine(), p.said[next].String())
		}
	}
	for _, line := range p.group {
		switch {
		case line.Kind == Note:
			p.report.add(' ', line.Number, line.Source)
		case strings.TrimSpace(line.Text) == nothing:
			if len(p.said) > 0 && len(wanted) == 0 {
				p.report.add('-', line.Number, line.Source)
			} else {
				p.report.add(' ', line.Number, line.Source)
			}
		case pairs[at] < 0:
			p.report.add('-', line.Number, line.Source)
			at++
		default:
			sayUntil(pairs[at])
			p.report.add(' ', line.Number, line.Source)
			next++
			at++
		}
	}
	sayUntil(len(p.said))
	p.group, p.said = nil, nil
}

// lastLine is the line of the transcript that the report has come to.
func (p *player) lastLine() int {
	if n := len(p.report.Lines); n > 0 {
		return p.report.Lines[n-1].Number
	}
	return 1
}

// align finds the longest way to match lines and messages in order: for each line the message that it matches, or -1.
func align(wanted []Line, said []shown) []int {
	fits, best := table(wanted, said)
	pairs := make([]int, len(wanted))
	for i, j := 0, 0; i < len(wanted); {
		switch {
		case j < len(said) && fits[i][j] && best[i][j] == best[i+1][j+1]+1:
			pairs[i] = j
			i, j = i+1, j+1
		case j < len(said) && best[i][j+1] > best[i+1][j]:
			j++
		default:
			pairs[i] = -1
			i++
		}
	}
	return pairs
}

// table tells which lines and messages match, and how many pairs can be made of those from each place on.
func table(wanted []Line, said []shown) (fits [][]bool, best [][]int) {
	fits, best = make([][]bool, len(wanted)), make([][]int, len(wanted)+1)
	for i := range best {
		best[i] = make([]int, len(said)+1)
	}
	for i := len(wanted) - 1; i >= 0; i-- {
		fits[i] = make([]bool, len(said))
		line := newExpected(wanted[i].Text)
		for j := len(said) - 1; j >= 0; j-- {
			fits[i][j] = line.matches(said[j])
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if fits[i][j] {
				best[i][j] = max(best[i][j], best[i+1][j+1]+1)
			}
		}
	}
	return fits, best
}
