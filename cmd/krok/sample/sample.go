// Package sample is the sample bot: a small shop in Ukrainian and English, with the conversations that test it.
package sample

import "embed"

// Bot is the name of the bot file in Files.
const Bot = "shop.yaml"

// Files are the bot file, the pictures beside it, and the transcripts (*.chat).
//
//go:embed shop.yaml images/*.png *.chat
var Files embed.FS
