/// Replaces every element by its inverse, with one inversion and three products an element; zeros stay zero.
///
/// - seealso: Montgomery, "Speeding the Pollard and elliptic curve methods of factorization" (1987), section 10.3.1.
@inlinable package func batchInverse<F: PrimeField>(_ values: inout [F]) {
  var prefixes: [F] = []
  prefixes.reserveCapacity(values.count)
  var product = F.one
  for value in values {
    prefixes.append(product)
    if !value.isZero { product *= value }
  }
  guard var inverse = product.inverse() else { preconditionFailure("A product of nonzero elements is not zero.") }
  for index in values.indices.reversed() {
    let value = values[index]
    guard !value.isZero else { continue }
    values[index] = inverse * prefixes[index]
    inverse *= value
  }
}
