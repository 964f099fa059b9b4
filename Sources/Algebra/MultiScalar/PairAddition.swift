/// Adds many independent pairs of affine points with one inversion in all: six products for each sum.
///
/// Equal points, opposite points and infinity are handled; which case applies can be seen from the time it takes.
struct PairAddition<C: Curve> {
  /// What has to be done for one pair.
  private enum Kind: UInt8 {
    case add, double, takeLeft, takeRight, cancel
  }

  private var denominators: [C.BaseField] = []
  private var prefixes: [C.BaseField] = []
  private var kinds: [Kind] = []

  /// For every index i, target[outs[i]] = source[lefts[i]] + source[lefts[i] + 1].
  mutating func add(
    _ source: [AffinePoint<C>], lefts: [Int32], into target: inout [AffinePoint<C>], at outs: [Int32]
  ) {
    precondition(lefts.count == outs.count, "One place for every sum.")
    prepare(source, lefts)
    var product = C.BaseField.one
    prefixes.removeAll(keepingCapacity: true)
    for denominator in denominators {
      prefixes.append(product)
      product *= denominator
    }
    guard var inverse = product.inverse() else { preconditionFailure("No denominator is zero.") }
    for index in lefts.indices.reversed() {
      let left = source[Int(lefts[index])], right = source[Int(lefts[index]) + 1]
      let denominatorInverse = inverse * prefixes[index]
      inverse *= denominators[index]
      target[Int(outs[index])] = sum(left, right, kinds[index], denominatorInverse)
    }
  }

  /// Finds every pair's kind and the denominator of its slope, 1 where there is none.
  private mutating func prepare(_ source: [AffinePoint<C>], _ lefts: [Int32]) {
    denominators.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    for position in lefts {
      let left = source[Int(position)], right = source[Int(position) + 1]
      let difference = right.x - left.x
      var kind = Kind.add
      var denominator = difference
      if left.isInfinity || right.isInfinity {
        (kind, denominator) = (left.isInfinity ? .takeRight : .takeLeft, .one)
      } else if difference.isZero {
        // The curve has no point with y = 0, so 2 y is not zero.
        (kind, denominator) = left.y == right.y ? (.double, left.y.doubled()) : (.cancel, .one)
      }
      kinds.append(kind)
      denominators.append(denominator)
    }
  }

  private func sum(
    _ left: AffinePoint<C>, _ right: AffinePoint<C>, _ kind: Kind, _ denominatorInverse: C.BaseField
  ) -> AffinePoint<C> {
    let slope: C.BaseField
    switch kind {
    case .add: slope = (right.y - left.y) * denominatorInverse
    case .double:
      let square = left.x.squared()
      slope = (square.doubled() + square) * denominatorInverse
    case .takeLeft: return left
    case .takeRight: return right
    case .cancel: return .infinity
    }
    let x = slope.squared() - left.x - right.x
    return AffinePoint(uncheckedX: x, y: slope * (left.x - x) - left.y)
  }
}
