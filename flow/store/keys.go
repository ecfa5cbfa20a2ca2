package store

// The queues of a bot.
const (
	inbox  = "in"
	outbox = "out"
	cast   = "cast" // broadcasts, which wait for the outbox
)

// outQueue is where a message waits.
func outQueue(broadcast bool) string {
	if broadcast {
		return cast
	}
	return outbox
}

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
	prefix, takers := s.botKey(bot, queue)+":", queue
	if queue == cast {
		takers = outbox // the same take both
	}
	return queueKeys{due: prefix + "due", held: prefix + "held", idle: s.botKey(bot, takers) + ":idle", list: prefix + "chat:"}
}
