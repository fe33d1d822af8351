// Package language reads what a person wrote about a certificate (English,
// Simplified and Traditional Chinese; other European languages and Japanese as
// far as their labels go) and says what it asks for: intent, product, names with
// their roles, key, CA, subject.
//
// It lives on local context: label words, list membership, negation, correction;
// the words themselves are data (lexicon/*.lex). What the text does not say stays
// empty: nothing is completed from knowledge of the product, because a wrong guess
// costs a certificate and an empty field costs one question.
//
// Not here: judging whether what is asked is allowed (planner), asking for what is
// missing (conversation), any I/O, any language model.
package language
