import Algebra

/// Pairs of multilinear polynomials in the same variables, in one sumcheck of the sum of their products.
///
/// Entries stand in the order of their index's bits reversed, so that the LOWEST variable binds the two halves of a vector.
struct SumcheckPairs: Sendable {
  /// The polynomials, 2^variables entries in use of each.
  private(set) var pairs: [(left: FieldBuffer, right: FieldBuffer)]
  /// The number of variables not bound yet.
  private(set) var variables: Int

  /// Pairs of vectors of 2^variables entries, which are overwritten.
  init(_ pairs: [(left: FieldBuffer, right: FieldBuffer)], variables: Int) {
    self.pairs = pairs
    self.variables = variables
  }

  /// The sum as a polynomial in the lowest variable: its value at 0 and its leading coefficient.
  func round() -> (constant: ScalarField, leading: ScalarField) {
    let half = 1 << (variables - 1)
    let block = min(half, 512), blocks = half / block
    let parts = Parallel.mapChunks(count: pairs.count * blocks, minimumChunk: max(1, 4096 / block)) { tasks in
      FieldBuffer.withScratch(2 * block) { scratch in
        var sums = (ScalarField.zero, ScalarField.zero)
        for task in tasks {
          let (left, right) = pairs[task / blocks]
          let first = task % blocks * block
          let (f, q) = (left.base + first, right.base + first)
          sums.0 += ScalarField.dot(f, q, count: block)
          ScalarField.subtract(f + half, f, into: scratch, count: block)
          ScalarField.subtract(q + half, q, into: scratch + block, count: block)
          sums.1 += ScalarField.dot(scratch, scratch + block, count: block)
        }
        return sums
      }
    }
    return parts.reduce((.zero, .zero)) { ($0.0 + $1.0, $0.1 + $1.1) }
  }

  /// Sets the lowest variable.
  mutating func bind(_ challenge: ScalarField) {
    variables -= 1
    let half = 1 << variables
    let block = min(half, 1024), blocks = half / block
    let pairs = pairs
    Parallel.forChunks(count: pairs.count * blocks, minimumChunk: max(1, 4096 / block)) { tasks in
      for task in tasks {
        let first = task % blocks * block
        for vector in [pairs[task / blocks].left, pairs[task / blocks].right] {
          let low = vector.base + first
          ScalarField.interpolate(low, low + half, at: challenge, into: low, count: block)
        }
      }
    }
  }
}

/// An index with its lowest `bits` bits, all it has, in reverse order.
func reversedBits(_ index: Int, count bits: Int) -> Int {
  guard bits > 0 else { return 0 }
  var (rest, reversed) = (index, 0)
  for _ in 0..<bits {
    reversed = reversed << 1 | rest & 1
    rest >>= 1
  }
  return reversed
}
