// Package browser plays the three kinds of users in a real Chromium against the built
// product with its local workspace, and checks what each person reads. It holds no
// product code. With COUNTERSIGN_SHOTS=DIR it keeps the pictures that README and docs
// show.
package browser
