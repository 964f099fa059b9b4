/// The axes of a product, sorted by what happens to them.
package struct ProductShape: Sendable {
  /// In the result and both factors, in result order.
  package let batch: [Axis]
  /// In both factors but not in the result, in left order.
  package let contracted: [Axis]
  /// In the result and one factor, in result order.
  package let free: [Axis]
  /// The indices summed over: batch axes, then contracted ones, slowest first.
  package var domain: [Axis] { batch + contracted }

  /// Sorts the axes of a product; throws when an axis plays no such part.
  package init(_ product: Product) throws(ArgumentError) {
    let result = product.result.axes
    let left = product.left.axes
    let right = product.right.axes
    batch = result.filter { left.contains($0) && right.contains($0) }
    contracted = left.filter { !result.contains($0) && right.contains($0) }
    free = result.filter { left.contains($0) != right.contains($0) }
    let named = "product \(product.name)"
    guard batch.count + free.count == result.count else {
      throw .malformedStatement("\(named): an axis of the result is in no factor")
    }
    for factor in [left, right] {
      guard factor.allSatisfy({ result.contains($0) || contracted.contains($0) }) else {
        throw .malformedStatement("\(named): an axis of one factor is neither in the result nor in the other factor")
      }
    }
    if case .causal(let query, let key) = product.mask {
      guard let query = domain.first(where: { $0.name == query }), let key = domain.first(where: { $0.name == key }),
        query.size == key.size, query != key
      else { throw .malformedStatement("\(named): a causal mask needs two batch or contracted axes of one size") }
    }
  }
}
