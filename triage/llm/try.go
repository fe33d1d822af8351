package llm

import (
	"context"
	"encoding/json"
	"fmt"
)

// Try makes one small call, to see whether endpoint, key and model work and give JSON.
// Its error says what kind of failure it was, in no words of the endpoint.
func (a *Assistant) Try(ctx context.Context) error {
	if a == nil {
		return ErrOff
	}
	raw, err := a.call(ctx, "", `Answer with the JSON object {"ok": true} and nothing else.`, "Are you there?")
	if err != nil {
		return err
	}
	var out struct{ OK bool }
	if json.Unmarshal(raw, &out) != nil || !out.OK {
		return fmt.Errorf("%w: not the JSON that was asked for", ErrEndpoint)
	}
	return nil
}
