import Algebra
import ConstraintSystem

/// Closed forms computed so far, so that no product is computed twice.
struct ClosedForms<Element: LinearElement> {
  /// Two coordinates of one bit.
  struct Pair: Hashable { let a, b: Coordinate }
  /// A list of pairs: a shorter list and one more pair.
  struct Chain: Hashable { let start: Int, last: Pair }
  /// An index range of one point: the node of the tree of prefixes at a level.
  struct Node: Hashable { let level, prefix: Int }
  /// A prefix tree's value and how many terms its linear combination may have.
  struct NodeValue { let value: Element, terms: Int }
  /// A selector's rows at a point of the selected axis.
  struct Selection: Hashable { let selector: String, point: [Coordinate] }

  /// eq of one bit.
  var bits: [Pair: Element] = [:]
  /// eq of lists: the number of the list, and the value of each list.
  var chainNumbers: [Chain: Int] = [:], chains: [Element] = []
  /// Prefix trees of points.
  var trees: [[Coordinate]: [Node: NodeValue]] = [:]
  /// Indicators.
  var prefixes: [Indicator.Prefix: Element] = [:]
  var causals: [Indicator.Causal: Element] = [:]
  var productWeights: [ProductPlan.Weight: Element] = [:]
  var rotations: [RotationWeight: Element] = [:]
  /// For each row, eq of the selected index, or [index < selected index], at a point.
  var oneHots: [Selection: [Element]] = [:], comparisons: [Selection: [Element]] = [:]
}

extension VerifierState {
  /// eq of two coordinates: 1 - a - b + 2 a b; one row.
  mutating func equality(_ a: Coordinate, _ b: Coordinate, in arithmetic: inout A) -> Element {
    let pair = ClosedForms<Element>.Pair(a: a, b: b)
    if let known = forms.bits[pair] { return known }
    let product = arithmetic.multiply(self[a], self[b])
    let value = arithmetic.constant(.one) - self[a] - self[b] + (product + product)
    forms.bits[pair] = value
    return value
  }

  /// eq of two points, leaving out bits that are summed over in the first; nil where it is 1.
  mutating func equality(_ a: [Coordinate], _ b: [Coordinate], in arithmetic: inout A) -> Element? {
    precondition(a.count == b.count, "Two points with the same number of coordinates.")
    var number = -1
    for (a, b) in zip(a, b) where a != .all {
      let chain = ClosedForms<Element>.Chain(start: number, last: ClosedForms.Pair(a: a, b: b))
      if let known = forms.chainNumbers[chain] {
        number = known
        continue
      }
      let bit = equality(a, b, in: &arithmetic)
      forms.chains.append(number < 0 ? bit : arithmetic.multiply(forms.chains[number], bit))
      number = forms.chains.count - 1
      forms.chainNumbers[chain] = number
    }
    return number < 0 ? nil : forms.chains[number]
  }

  /// eq(high coordinates of the point, prefix): the weight of the aligned block of 2^level indices number `prefix`; nil
  /// where it is 1. At most one row for every two nodes of the tree of prefixes.
  mutating func blockWeight(
    _ point: [Coordinate], level: Int, prefix: Int, in arithmetic: inout A
  ) -> Element? {
    var tree = forms.trees[point] ?? [:]
    defer { forms.trees[point] = tree }
    forms.trees[point] = nil
    return node(&tree, point, level, prefix, &arithmetic)?.value
  }

  /// eq(point, index) for the first `count` indices.
  mutating func equalities(_ point: [Coordinate], count: Int, in arithmetic: inout A) -> [Element] {
    var tree = forms.trees[point] ?? [:]
    forms.trees[point] = nil
    let one = arithmetic.constant(.one)
    let result = (0..<count).map { node(&tree, point, 0, $0, &arithmetic)?.value ?? one }
    forms.trees[point] = tree
    return result
  }

  private func node(
    _ tree: inout [ClosedForms<Element>.Node: ClosedForms<Element>.NodeValue], _ point: [Coordinate], _ level: Int,
    _ prefix: Int, _ arithmetic: inout A
  ) -> ClosedForms<Element>.NodeValue? {
    guard level < point.count else { return nil }
    let key = ClosedForms<Element>.Node(level: level, prefix: prefix)
    if let known = tree[key] { return known }
    let parent = node(&tree, point, level + 1, prefix >> 1, &arithmetic)
    let coordinate = self[point[level]]
    var value: Element
    var terms = 1
    if prefix & 1 == 1 {
      value = parent.map { arithmetic.multiply($0.value, coordinate) } ?? coordinate
    } else if let parent {
      let sibling = node(&tree, point, level, prefix | 1, &arithmetic)
      value = parent.value - (sibling?.value ?? .zero)
      terms = parent.terms + 1
      if terms > 6 {
        value = arithmetic.materialise(value)
        terms = 1
      }
    } else {
      value = arithmetic.constant(.one) - coordinate
      terms = 2
    }
    let result = ClosedForms<Element>.NodeValue(value: value, terms: terms)
    tree[key] = result
    return result
  }
}
