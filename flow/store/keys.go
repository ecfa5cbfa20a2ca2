package store

// The two queues of a bot.
const (
	inbox  = "in"
	outbox = "out"
)

// botKey is a key of a bot. All of a bot's keys share a hash tag, so that one script may touch them in a Redis Cluster.
func (s *Store) botKey(bot, name string) string {
	return "krok:{" + s.namespace + "/" + bot + "}:" + name
}

// key is a key that is of no single bot.
func (s *Store) key(name string) string { return "krok:{" + s.namespace + "}:" + name }

// queueKeys are the keys of one queue of a bot.
type queueKeys struct {
	due, held, idle string
	list            string // and behind it the chat
}

func (s *Store) queueKeys(bot, queue string) queueKeys {
	prefix := s.botKey(bot, queue) + ":"
	return queueKeys{due: prefix + "due", held: prefix + "held", idle: prefix + "idle", list: prefix + "chat:"}
}
