/// The endomorphism (x, y) -> (beta x, y) of a curve y^2 = x^3 + b, beta being a cube root of 1: it multiplies points by
/// a number lambda, so that a multiple of a point is a sum of two multiples with half as many bits.
///
/// - seealso: Gallant, Lambert and Vanstone, "Faster point multiplication on elliptic curves with efficient
///   endomorphisms" (2001).
struct Endomorphism<C: Curve> {
  /// The factor of x.
  let beta: C.BaseField
  /// The order of the group.
  private let order: BigInteger
  /// Two short vectors (a, b) with a + b lambda = 0 modulo the order.
  private let first: (a: BigInteger, b: BigInteger), second: (a: BigInteger, b: BigInteger)

  /// The curve's endomorphism; coordinates and scalars are integers modulo primes that are 1 modulo 3.
  init() {
    beta = Self.cubeRoot(in: C.BaseField.self)
    let root = Self.cubeRoot(in: C.ScalarField.self)
    let image = AffinePoint<C>(uncheckedX: C.generator.x * beta, y: C.generator.y)
    // lambda is one of the two cube roots.
    let lambda = C.multiply(C.generator, variableTime: root).affine == image ? root : root * root
    order = BigInteger(C.ScalarField.modulusLimbs)
    // Euclid's algorithm on the order and lambda: every remainder is s order + t lambda.
    var (before, current) = ((order, BigInteger(0)), (BigInteger(lambda), BigInteger(1)))
    let bound = order.squareRootFloor
    func next() -> (BigInteger, BigInteger) {
      let quotient = before.0.floorQuotient(dividingBy: current.0)
      return (before.0 - quotient * current.0, before.1 - quotient * current.1)
    }
    while current.0 > bound { (before, current) = (current, next()) }
    let after = next()
    func length(_ vector: (BigInteger, BigInteger)) -> BigInteger { vector.0 * vector.0 + vector.1 * vector.1 }
    let other = length(before) < length(after) ? before : after
    first = (current.0, -current.1)
    second = (other.0, -other.1)
  }

  /// Two integers k and l of about half as many bits, with scalar = k + l lambda.
  func halves(of scalar: C.ScalarField) -> (BigInteger, BigInteger) {
    let value = BigInteger(scalar)
    // (value, 0) is a combination of the two vectors with these coefficients, and the nearest integers to them leave a
    // short rest.
    let determinant = first.a * second.b - second.a * first.b
    func rounded(_ numerator: BigInteger) -> BigInteger {
      (numerator + numerator + determinant).floorQuotient(dividingBy: determinant + determinant)
    }
    let (one, two) = (rounded(value * second.b), rounded(-(value * first.b)))
    return (value - one * first.a - two * second.a, -(one * first.b) - two * second.b)
  }

  /// A cube root of 1 that is not 1.
  private static func cubeRoot<F: PrimeField>(in field: F.Type) -> F {
    let exponent = (BigInteger(F.modulusLimbs) - 1).floorQuotient(dividingBy: 3)
    precondition(exponent * 3 + 1 == BigInteger(F.modulusLimbs), "A prime that is 1 modulo 3.")
    guard let limbs = exponent.limbs(count: 4) else { preconditionFailure("An exponent below 2^256.") }
    var base = F.one + F.one
    while true {
      let root = base.power(limbs)
      if root != .one { return root }
      base += .one
    }
  }
}
