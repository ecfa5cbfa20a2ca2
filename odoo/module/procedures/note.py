# Leaves a line in a contact's chatter: what a bot has changed there, from what to what. It is a note: nobody is told, and nobody follows
# the contact for it.
LONGEST = 500  # letters of a value


def html_text(text):
    if len(text) > LONGEST:
        text = text[:LONGEST - 1] + '…'
    for letter, name in [('&', '&amp;'), ('<', '&lt;'), ('>', '&gt;'), ('"', '&quot;'), ("'", '&#39;'), ('\n', '<br/>')]:
        text = text.replace(letter, name)
    return text


# From 15 on text is escaped unless it is marked as HTML, which the field does by itself. 14 wants an author with an e-mail, or a sender.
def leave_note(partner, source, lines):
    body = '<p>' + html_text(source) + '</p><ul>'
    for line in lines:
        body += '<li>' + html_text(line) + '</li>'
    messages = partner.env['mail.message']
    author = partner.env.user.partner_id
    partner._message_log(
        body=messages._fields['body'].convert_to_record(body + '</ul>', messages), author_id=author.id, email_from=author.email_formatted or author.name)
