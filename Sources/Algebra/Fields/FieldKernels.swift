/// Points that are added: those that `length` entries, at least one, from `start` on refer to. An entry is twice a
/// point's number, and one more if its opposite is meant.
@usableFromInline
package struct PointGroup: Sendable {
  package var start: UInt32
  package var length: UInt32
  /// Where the sum is stored.
  package var place: UInt32

  /// A group.
  package init(start: Int, length: Int, place: Int) {
    (self.start, self.length, self.place) = (UInt32(start), UInt32(length), UInt32(place))
  }
}

/// Arithmetic on many elements by one call: where wide-vector code comes in below `FieldVector`.
///
/// Every pointer is to `count` initialised elements; an output may be an input, but must not overlap one otherwise.
/// Results are those of the operators, bit for bit. These run on the calling thread.
@usableFromInline
package protocol FieldKernels {
  /// out[i] = left[i] + right[i].
  static func add(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = left[i] - right[i].
  static func subtract(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = left[i] * right[i].
  static func multiply(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = values[i] * factor.
  static func scale(
    _ values: UnsafePointer<Self>, by factor: Self, into out: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += values[i] * factor.
  static func addScaled(
    _ values: UnsafePointer<Self>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = integers[i].
  static func convert(_ integers: UnsafePointer<Int64>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = the number in bytes 32 i to 32 i + 31, little endian; false, and anything in `out`, unless all numbers are below
  /// the modulus.
  static func read(_ bytes: UnsafeRawPointer, into out: UnsafeMutablePointer<Self>, count: Int) -> Bool
  /// accumulator[i] += integers[i] * factor.
  static func addScaled(
    _ integers: UnsafePointer<Int64>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += the sum over r of integers[stride r + i] * factors[r], r below `rows`.
  static func addScaledRows(
    _ integers: UnsafePointer<Int64>, stride: Int, by factors: UnsafePointer<Self>, rows: Int,
    into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += integers[i] * factor; every integer is -1, 0 or 1.
  static func addTernary(
    _ integers: UnsafePointer<Int16>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>,
    count: Int)
  /// For every four factors, the last ones completed by zeros, the 81 sums with coefficients digit - 1, by the number to base
  /// 3 with these digits.
  static func makeTernaryTables(
    _ factors: UnsafePointer<Self>, into tables: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += the sum over g < groups of tables[81 g + codes[g * strides.group + i * strides.entry]]; codes are below 81.
  static func addTableSums(
    _ tables: UnsafePointer<Self>, groups: Int, codes: UnsafePointer<UInt8>,
    strides: (group: Int, entry: Int),
    into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// Binds the numbers of sixteen rows of values to four polynomials of degree 1 in t: `products` has for every subset of
  /// them the five coefficients of their product; out[k * outStride + i] is the coefficient of t^k.
  static func bindRows(
    _ values: UnsafePointer<Self>, stride: Int, by products: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>,
    outStride: Int, count: Int)
  /// The product of a sparse matrix with many vectors, one in every lane: out[lanes r + i] is the sum over the entries of row
  /// r of coefficient * values[lanes column + i]. Coefficient 0 is 1, coefficient 1 is -1.
  static func multiply(
    _ pattern: SparsePattern, coefficients: UnsafeBufferPointer<Self>, _ values: UnsafePointer<Self>, lanes: Int,
    into out: UnsafeMutablePointer<Self>)
  /// out[i] = low[i] + factor * (high[i] - low[i]).
  static func interpolate(
    _ low: UnsafePointer<Self>, _ high: UnsafePointer<Self>, at factor: Self,
    into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = values[2 i] + factor * (values[2 i + 1] - values[2 i]), from 2 `count` values; out may be values.
  static func interpolatePairs(
    _ values: UnsafePointer<Self>, at factor: Self, into out: UnsafeMutablePointer<Self>, count: Int)
  /// next[i] += slope * (high[i] - low[i]), then low[i] += factor * (high[i] - low[i]).
  static func interpolateLine(
    _ low: UnsafeMutablePointer<Self>, _ high: UnsafePointer<Self>, at factor: Self,
    slope: (factor: Self, next: UnsafeMutablePointer<Self>), count: Int)
  /// high[i] = low[i] * factor, then low[i] -= high[i].
  static func split(
    _ low: UnsafeMutablePointer<Self>, _ high: UnsafeMutablePointer<Self>, by factor: Self, count: Int)
  /// The sum of left[i] * right[i].
  static func dot(_ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, count: Int) -> Self
  /// The sum of values[i] * integers[i], for counts below 2^32.
  static func dot(_ values: UnsafePointer<Self>, _ integers: UnsafePointer<Int64>, count: Int) -> Self
  /// Words of scratch memory that `sumGroups` needs for these groups.
  static func groupScratchCount(_ groups: UnsafePointer<PointGroup>, count: Int) -> Int
  /// target[g.place] = the sum of the points of g, two coordinates each, of a curve y^2 = x^3 + b without points with
  /// y = 0, for all groups g, which come by falling length; (0, 0) is infinity. Source and target do not overlap.
  static func sumGroups(
    _ groups: UnsafePointer<PointGroup>, count: Int, of entries: UnsafePointer<UInt32>,
    from source: UnsafePointer<Self>,
    into target: UnsafeMutablePointer<Self>, scratch: UnsafeMutablePointer<UInt64>)
  /// Words of a block of sixteen points, and of the scratch memory that additions need for each block.
  static var blockWords: Int { get }
  /// Fills blocks with points, two coordinates each, at least one; the last one fills the last block. Blocks and scratch
  /// memory are on whole cache lines and always used from the first on.
  static func loadBlocks(_ points: UnsafePointer<Self>, count: Int, into blocks: UnsafeMutablePointer<UInt64>)
  /// Reads the first points of blocks.
  static func storeBlocks(_ blocks: UnsafePointer<UInt64>, count: Int, into points: UnsafeMutablePointer<Self>)
  /// Every (x, y) of `count` blocks becomes (factor x, y).
  static func scaleBlocks(
    _ blocks: UnsafePointer<UInt64>, by factor: Self, into out: UnsafeMutablePointer<UInt64>, count: Int)
  /// Doubles the points of `count` blocks; false, and nothing done, if this cannot be done fast, since some are infinity.
  static func doubleBlocks(
    _ blocks: UnsafeMutablePointer<UInt64>, count: Int, scratch: UnsafeMutablePointer<UInt64>
  ) -> Bool
  /// Adds or subtracts the points of `count` blocks; false, and nothing done, if this cannot be done fast, since some
  /// have the same x.
  static func addBlocks(
    _ addends: UnsafePointer<UInt64>, negated: Bool, into blocks: UnsafeMutablePointer<UInt64>, count: Int,
    scratch: UnsafeMutablePointer<UInt64>
  ) -> Bool
  /// One of the two square roots of each value, or nil; time depends on the values.
  static func squareRoots(_ values: [Self]) -> [Self?]
}
