// Package pagetest tests the workspace page in a real Chromium against a small
// server that keeps the page API: what a person sees, and what the page sends.
//
// It holds no product code and knows nothing of the simulated workspace behind
// the page. The attributes that it finds elements by (data-testid, data-action-id,
// data-block-id, data-ts, data-value) are the page's stable hooks for any test.
package pagetest
