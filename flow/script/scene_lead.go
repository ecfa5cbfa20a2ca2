package script

// makeLead carries out flow.MakeLead: leads are numbered from 1.
func (s *Scene) makeLead(args map[string]any) map[string]any {
	s.openChat(args)
	name, _ := args["title"].(string)
	s.leads = append(s.leads, name)
	return map[string]any{"partner": s.id(), "chat": int64(1), "lang": s.fields["lang"], "lead": int64(len(s.leads)), "lead_name": name}
}
