/// The sums of a few neighbouring points with coefficients -1, 0 and 1, made once, so that a long sum with such
/// coefficients takes one addition for every few points.
///
/// The combinations of a group of g points are numbered by balanced ternary integers: n = sum of c_i 3^i with c_i in -1,
/// 0, 1. Those from 1 to (3^g - 1) / 2 are kept; the negative ones are their opposites, and 0 costs nothing.
package struct SignedCombinations<C: Curve>: Sendable {
  private let groupSize: Int
  private let baseCount: Int
  /// Combination n of group i is at i * kept + n - 1.
  private let points: [AffinePoint<C>]

  /// Combinations kept of a group.
  private var kept: Int { Self.powers[groupSize] / 2 }

  private static var powers: [Int] { [1, 3, 9, 27] }

  /// Makes the combinations for `sums` sums over all of `bases`, in groups of one, two or three, whichever takes the
  /// fewest additions in all.
  @specialized(where C == BN254)
  package init(of bases: [AffinePoint<C>], sums: Int) {
    // Per point: the sums' additions, for groups that are not all zero, and those that make the combinations.
    let costs = [1, 2, 3].map { Double(sums) * (1 - 1 / Double(Self.powers[$0])) / Double($0) + [0, 1, 4.7][$0 - 1] }
    self.init(of: bases, groupSize: (1...3).min { costs[$0 - 1] < costs[$1 - 1] } ?? 1)
  }

  /// Makes the combinations of groups of `groupSize`, 1 to 3, consecutive points.
  @specialized(where C == BN254)
  package init(of bases: [AffinePoint<C>], groupSize: Int) {
    precondition((1...3).contains(groupSize), "Groups of one, two or three points.")
    self.groupSize = groupSize
    baseCount = bases.count
    if groupSize == 1 {
      points = bases
      return
    }
    let (groups, kept) = ((bases.count + groupSize - 1) / groupSize, Self.powers[groupSize] / 2)
    let combinations = (1...kept).map { Self.coefficients($0, count: groupSize) }
    var entries: [UInt32] = []
    var offsets: [Int32] = [0]
    entries.reserveCapacity(groups * kept * groupSize)
    offsets.reserveCapacity(groups * kept + 1)
    for group in 0..<groups {
      let first = group * groupSize
      for coefficients in combinations {
        for (index, coefficient) in coefficients.enumerated() where coefficient != 0 && first + index < bases.count {
          entries.append(UInt32(first + index) << 1 | (coefficient < 0 ? 1 : 0))
        }
        offsets.append(Int32(entries.count))
      }
    }
    points = GroupSums(of: [GroupedEntries(entries: entries, offsets: offsets)], points: bases).points
  }

  /// sum_i coefficients[i] bases[i]; each coefficient is -1, 0 or 1, and there are at most as many as bases.
  @specialized(where C == BN254)
  package func sum(_ coefficients: ArraySlice<Int16>) -> ProjectivePoint<C> {
    precondition(coefficients.count <= baseCount, "A base for every coefficient.")
    var entries: [UInt32] = []
    entries.reserveCapacity(coefficients.count / groupSize + 1)
    coefficients.withUnsafeBufferPointer { coefficients in
      var group = 0
      for start in stride(from: 0, to: coefficients.count, by: groupSize) {
        var (number, power) = (0, 1)
        for index in start..<min(start + groupSize, coefficients.count) {
          number += Int(coefficients[index]) * power
          power *= 3
        }
        if number != 0 {
          let place = UInt32(group * kept + (number < 0 ? -number : number) - 1)
          entries.append(place << 1 | (number < 0 ? 1 : 0))
        }
        group += 1
      }
    }
    if entries.isEmpty { return .infinity }
    let list = GroupedEntries(entries: entries, offsets: [0, Int32(entries.count)])
    return ProjectivePoint(GroupSums(of: [list], points: points).points[0])
  }

  /// The digits of a number in balanced ternary, least significant first.
  private static func coefficients(_ number: Int, count: Int) -> [Int] {
    var rest = number
    return (0..<count).map { _ in
      let digit = (rest % 3 + 4) % 3 - 1
      rest = (rest - digit) / 3
      return digit
    }
  }
}
