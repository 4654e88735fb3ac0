package compose

// Sticky says what keeps a visitor with a colour.
type Sticky string

// What a visitor may stay for. The zero value is StickyOff.
const (
	StickyOff Sticky = "off"
	// StickyRelease keeps who began on a colour there until the drain after a
	// switch ends: the pages and scripts of one release then do not meet the
	// answers of another.
	StickyRelease Sticky = "release"
)

// Sticks tells that visitors stay with the colour that they began on.
func (m Model) Sticks() bool { return m.Sticky == StickyRelease }
