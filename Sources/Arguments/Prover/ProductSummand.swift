import Algebra

/// One product within the sumcheck: sum over x of weight(x) left(x) right(x), the highest variable bound first.
struct ProductSummand {
  /// The factors; no weight where it is 1.
  private let weight: FieldBuffer?
  private let left: FieldBuffer, right: FieldBuffer
  /// The number of variables not bound yet.
  private(set) var variables: Int
  /// What the sum is claimed to be.
  private(set) var claim: ScalarField

  /// A summand over 2^variables values a factor, which it overwrites.
  init(weight: FieldBuffer?, left: FieldBuffer, right: FieldBuffer, claim: ScalarField, variables: Int) {
    self.weight = weight
    self.left = left
    self.right = right
    self.claim = claim
    self.variables = variables
  }

  /// The coefficients c0, c2, c3 of the polynomial in the highest variable.
  func round() -> [ScalarField] {
    let half = 1 << (variables - 1)
    let block = min(half, 128)
    let factors = ([left, right] + (weight.map { [$0] } ?? [])).map { SharedPointer($0.base) }
    let pass = ProductPass(factors: factors, half: half, block: block)
    let sums = Parallel.reduceChunks(
      count: half / block, minimumChunk: 16, into: [ScalarField](repeating: .zero, count: 3),
      transform: { blocks in
        FieldBuffer.withScratch(4 * block) { scratch in
          var sums = [ScalarField](repeating: .zero, count: 3)
          for index in blocks { pass.add(index * block, scratch: scratch, to: &sums) }
          return sums
        }
      },
      combine: { total, part in for index in total.indices { total[index] += part[index] } })
    guard weight != nil else { return [sums[0], sums[1], .zero] }
    // sums: the values at 0 and -1, and the leading coefficient; the value at 1 follows from the claim.
    let inverseOfTwo = ScalarField(2 as UInt64).inverse() ?? .zero
    let c2 = (claim - sums[0] + sums[1]) * inverseOfTwo - sums[0]
    return [sums[0], c2, sums[2]]
  }

  /// Sets the highest variable, given the coefficients of its polynomial.
  mutating func bind(_ challenge: ScalarField, _ coefficients: [ScalarField]) {
    let (c0, c2, c3) = (coefficients[0], coefficients[1], coefficients[2])
    let c1 = claim - c0 - c0 - c2 - c3
    claim = c0 + challenge * (c1 + challenge * (c2 + challenge * c3))
    variables -= 1
    let half = 1 << variables
    for factor in [left, right, weight] {
      guard let factor else { continue }
      Parallel.forChunks(count: half, minimumChunk: 4096) { range in
        let low = factor.base + range.lowerBound
        ScalarField.interpolate(low, low + half, at: challenge, into: low, count: range.count)
      }
    }
  }
}

/// One pass of a round over blocks of pairs (x, x + half).
private struct ProductPass: Sendable {
  /// left, right and perhaps weight.
  let factors: [SharedPointer]
  let half: Int
  let block: Int

  /// Adds the sums over the pairs from `start`: the values at 0 and, with a weight, at -1, and the leading coefficient.
  func add(_ start: Int, scratch: UnsafeMutablePointer<ScalarField>, to sums: inout [ScalarField]) {
    let low = factors.map { UnsafePointer($0.base + start) }
    let differences = factors.indices.map { scratch + $0 * block }
    let product = scratch + 3 * block
    sums[0] += sum(low, product)
    for (index, difference) in differences.enumerated() {
      ScalarField.subtract(low[index] + half, low[index], into: difference, count: block)
    }
    guard factors.count == 3 else {
      sums[1] += sum(differences.map { UnsafePointer($0) }, product)
      return
    }
    sums[2] += sum(differences.map { UnsafePointer($0) }, product)
    // At -1: low - difference, in place.
    for (index, difference) in differences.enumerated() {
      ScalarField.subtract(low[index], difference, into: difference, count: block)
    }
    sums[1] += sum(differences.map { UnsafePointer($0) }, product)
  }

  /// The sum over the block of the product of two or three factors.
  private func sum(_ factors: [UnsafePointer<ScalarField>], _ scratch: UnsafeMutablePointer<ScalarField>) -> ScalarField
  {
    guard factors.count == 3 else { return ScalarField.dot(factors[0], factors[1], count: block) }
    ScalarField.multiply(factors[0], factors[1], into: scratch, count: block)
    return ScalarField.dot(scratch, factors[2], count: block)
  }
}
