// Package sample is the sample bot: a small shop in Ukrainian and English.
package sample

import "embed"

// Bot is the name of the bot file in Files.
const Bot = "shop.yaml"

// Files are the bot file and the pictures beside it.
//
//go:embed shop.yaml images/*.png
var Files embed.FS
