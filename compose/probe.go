package compose

// ProbeHeader marks the requests by which the tool watches a switch. On its
// way to the proxy its value is the preview's token; a replica finds "1" there,
// and can leave such requests out of what it counts.
const ProbeHeader = "X-Bluegreen-Probe"

// ColourHeader is the header of an answer that names the colour it came from, or
// says "none". In a request with the preview's token it names the colour that is
// asked for instead of the idle one.
// No answer to a visitor has it.
const ColourHeader = "X-Bluegreen-Colour"
