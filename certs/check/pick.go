package check

// PickLeaf picks the certificate that a bundle is about and gives the others, in
// order: the first one that is no CA, else the first certificate. leaf is nil when
// there is no certificate.
func PickLeaf(items []*Item) (leaf *Item, others []*Item) {
	list := ofKind(items, Certificate)
	if len(list) == 0 {
		return nil, nil
	}
	pick := 0
	for i, it := range list {
		if r := roleOf(it); r == Leaf || r == SelfSigned {
			pick = i
			break
		}
	}
	others = append(others, list[:pick]...)
	return list[pick], append(others, list[pick+1:]...)
}
