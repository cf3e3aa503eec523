package models

import "time"

// InventoryKind is what an inventory finds.
type InventoryKind string

// The kinds of inventory.
const (
	InventoryComponents InventoryKind = "components" // of the register, whose upkeep has a date
	InventoryGroups     InventoryKind = "groups"     // of components of which some must be up
)

// Inventory is a search that finds components or redundant groups, beside those configured.
type Inventory struct {
	ID      string
	Of      InventoryKind
	Search  string        // SPL
	Service string        // of rows that name none, and of the case that says that the search fails
	Back    time.Duration // how far it looks back
	Every   time.Duration // how often it is asked
}

// Found is what an inventory found when it was last answered, and how it goes since.
type Found struct {
	Customer   string           `json:"customer"`
	Inventory  string           `json:"inventory"`
	At         time.Time        `json:"at,omitzero"`     // of the answer; zero: never
	Tried      time.Time        `json:"tried,omitzero"`  // last
	Failed     int              `json:"failed,omitzero"` // times in a row
	Error      string           `json:"error,omitzero"`  // of the last of them
	Left       []string         `json:"left,omitzero"`   // what was not understood, a line a row
	Components []Item           `json:"components,omitzero"`
	Groups     []RedundantGroup `json:"groups,omitzero"`
}
