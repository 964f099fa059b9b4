/// Sums of the same points with many lists of coefficients -1, 0 and 1, several of them at once.
///
/// In g lists a point has g coefficients, its pattern: a balanced ternary number, the sum of c_i 3^i. Points with the same
/// pattern, or the opposite one, are added up first, one addition a point however many lists there are; pattern 0 costs
/// nothing. Then every list's sum is made of the sums of (3^g - 1) / 2 patterns. So a list takes an addition for every g
/// points and about 3^g / g more.
///
/// - seealso: Pippenger, "On the evaluation of powers and related problems" (1976): the same in terms of products.
package enum SignedSums<C: Curve> {
  /// For every list the sum of coefficients[i] bases[i]; each coefficient is -1, 0 or 1, and no list is longer than `bases`.
  /// Time depends on the coefficients.
  @specialized(where C == BN254)
  package static func sums(_ lists: [ArraySlice<Int16>], _ bases: [AffinePoint<C>]) -> [ProjectivePoint<C>] {
    let longest = lists.reduce(0) { max($0, $1.count) }
    precondition(longest <= bases.count && bases.count < 1 << 31, "A base for every coefficient, below 2^31 of them.")
    // A short list, such as the last chunk of a vector, would make all patterns longer: those are summed apart.
    let short = lists.indices.filter { lists[$0].count <= longest / 4 }
    guard short.isEmpty || longest == 0 else {
      var result = [ProjectivePoint<C>](repeating: .infinity, count: lists.count)
      let long = lists.indices.filter { lists[$0].count > longest / 4 }
      for places in [long, short] {
        for (place, sum) in zip(places, sums(places.map { lists[$0] }, bases)) { result[place] = sum }
      }
      return result
    }
    let height = patternLength(lists: lists.count, points: longest)
    let passes = stride(from: 0, to: lists.count, by: height).map { lists[$0..<min($0 + height, lists.count)] }
    // Patterns are sorted and summed in groups of passes, so that memory stays below about 2^24 entries.
    let groupSize = max(1, (1 << 24) / max(1, longest))
    var sums: [AffinePoint<C>] = []
    for start in stride(from: 0, to: passes.count, by: groupSize) {
      let group = passes[start..<min(start + groupSize, passes.count)]
      let sorted = Parallel.mapTasks(count: group.count) { sort(group[start + $0]) }
      let patterns = GroupSums(of: sorted, points: bases)
      for (index, pass) in group.enumerated() {
        sums += digitSums(Array(patterns.sums(ofList: index)), digits: pass.count)
      }
    }
    return sums.map { ProjectivePoint($0) }
  }

  /// How many lists are summed at once: the fewest additions in passes as equal as can be.
  package static func patternLength(lists: Int, points: Int) -> Int {
    // Making the lists' sums takes about two additions for every pattern.
    func cost(_ passes: Int) -> Int { passes * (points + powersOfThree[(lists + passes - 1) / passes]) }
    let fewest = max(1, (lists + longestPattern - 1) / longestPattern)
    guard let passes = (fewest...max(fewest, lists)).min(by: { cost($0) < cost($1) }) else { return 1 }
    return max(1, (lists + passes - 1) / passes)
  }

  /// Lists whose patterns are sorted at once, at most: 3^11 / 2 patterns are 5.7 MB of points.
  private static var longestPattern: Int { powersOfThree.count - 1 }

  /// The points by the magnitude of their pattern, less 1; those of negative patterns negated, those of pattern 0 left out.
  private static func sort(_ lists: ArraySlice<ArraySlice<Int16>>) -> GroupedEntries {
    var patterns = [Int32](repeating: 0, count: lists.reduce(0) { max($0, $1.count) })
    patterns.withUnsafeMutableBufferPointer { patterns in
      var power: Int32 = 1
      for list in lists {
        list.withUnsafeBufferPointer { list in
          for index in 0..<list.count { patterns[index] &+= power &* Int32(list[index]) }
        }
        power *= 3
      }
    }
    return patterns.withUnsafeBufferPointer { patterns in
      Pippenger<C>.grouped(patterns.count, by: powersOfThree[lists.count] / 2) { index in
        let pattern = patterns[index]
        if pattern == 0 { return nil }
        return (Int(pattern.magnitude) - 1, UInt32(truncatingIfNeeded: index) << 1 | (pattern < 0 ? 1 : 0))
      }
    }
  }

  /// For every digit the sum of digit n times buckets[n - 1] over the balanced ternary numbers n from 1 to (3^digits - 1) / 2.
  ///
  /// With n = low + 3^h high the low digits need only the sums of buckets of the same low, the others those of the same
  /// high: two additions a bucket, and two problems of half as many digits.
  private static func digitSums(_ buckets: [AffinePoint<C>], digits: Int) -> [AffinePoint<C>] {
    let numbers = buckets.indices.filter { !buckets[$0].isInfinity }.map { $0 + 1 }
    /// Buckets by the magnitude of a function of their number, less 1, negated where it is negative.
    func grouped(by groups: Int, _ key: (_ number: Int) -> Int) -> GroupedEntries {
      Pippenger<C>.grouped(numbers.count, by: groups) { index in
        let key = key(numbers[index])
        return key == 0 ? nil : (abs(key) - 1, UInt32(numbers[index] - 1) << 1 | (key < 0 ? 1 : 0))
      }
    }
    guard digits > 1 else { return buckets }
    let half = digits / 2, power = powersOfThree[half]
    func low(_ number: Int) -> Int { (number + power / 2) % power - power / 2 }
    let sums = GroupSums(
      of: [
        grouped(by: power / 2, low), grouped(by: powersOfThree[digits - half] / 2) { ($0 - low($0)) / power },
      ], points: buckets)
    return digitSums(Array(sums.sums(ofList: 0)), digits: half)
      + digitSums(Array(sums.sums(ofList: 1)), digits: digits - half)
  }
}

/// 3^0, 3^1, ...
private let powersOfThree = [1, 3, 9, 27, 81, 243, 729, 2187, 6561, 19683, 59049, 177_147]
