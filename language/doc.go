// Package language reads what people say to the bot (English, Simplified and
// Traditional Chinese; other European languages and Japanese as far as their labels go).
//
// Parse reads a text about a certificate and says what it asks for: the wish (intent),
// product, names with their roles, key, CA, subject. The other readers take short texts
// that answer something: commands and words of /cert, replies to a question, remarks
// under an answer, how it went, wishes for a probe, thanks.
//
// Parse goes by stages, and each is functions that use what is below them only. A
// document is the text with its tokens: blocks, names, cues (words of the lexicon),
// sentences. The wish is read from the document alone, sentence by sentence, by its
// signs. What comes after it needs the stages before and gets a reading: the document
// and the answers so far.
//
// It lives on local context: label words, list membership, negation, correction;
// the words themselves are data (lexicon/*.lex, and lexicon/whole for those that are
// compared whole); expressions of several words are still code. What the text does not say stays
// empty: nothing is completed from knowledge of the product, because a wrong guess
// costs a certificate and an empty field costs one question.
//
// Not here: judging whether what is asked is allowed (planner), asking for what is
// missing (conversation), any I/O, any language model.
package language
